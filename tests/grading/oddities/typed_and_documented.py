"""Type hints, docstrings, keyword arguments, default values, dataclasses, pattern matching."""

# %% before square
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass
class Pair:
    x: float
    y: float

    @property
    def product(self) -> float:
        return self.x * self.y


# %% square
def square(x: float | torch.Tensor, *, power: int = 2) -> float | torch.Tensor:
    """The square."""
    return Pair(x, x).product


# %% batches
def batches(items: list, size: int = 1, /) -> Iterator[list]:
    yield from (items[n : n + size] for n in range(0, len(items), size))


# %% word
def word(n: int) -> str:
    match n % 2:
        case 0:
            return "even"
        case _:
            return "odd"
