"""Functions behind `lru_cache`, `partial`, `wraps` and a property."""

# %% square
import functools


@functools.lru_cache
def square(x):
    return x**2


# %% word
def named(even, odd, n):
    return odd if n % 2 else even


word = functools.partial(named, "even", "odd")


# %% twice
def logged(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


@logged
@functools.cache
def twice(f, x):
    return f(f(x))


# %% batches
class Batches:
    def __init__(self, items, size):
        self.items, self.size = items, size

    @functools.cached_property
    def starts(self):
        return range(0, len(self.items), self.size)

    def __iter__(self):
        return (self.items[start : start + self.size] for start in self.starts)


def batches(items, size):
    return iter(Batches(items, size))
