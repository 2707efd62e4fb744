"""Prints everywhere: in functions that checks call, of tensors, with words that look like errors."""


# %% square
def square(x):
    print("Error: Traceback (most recent call last)", x)
    print(x * x, end="")
    return x * x


# %% gate
def gate(x, weight):
    print("shape", x.shape, flush=True)
    display(x)
    return torch.softmax(x @ weight, dim=-1)


# %% word
def word(n):
    print("3.0")
    return "even" if n % 2 == 0 else "odd"


# %% last
12
