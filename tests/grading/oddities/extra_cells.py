"""Many cells of one's own: tries, notes, an error that was left in, an empty cell, a redefinition that is right."""

# %% first

# %% before gate
square(3), square(torch.ones(2))

# %% before expert
1 / 0


# %% before batches
def square(x):
    return x**2


# %% before word
exec("this is not Python")

# %% last
raise ValueError("left over")
