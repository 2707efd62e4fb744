"""Prints 100 MB, in large and in small pieces, and an error of 50 MB; the answers are right.

others: right
"""

# %% first
for _ in range(20):
    print("x" * 5_000_000)
for _ in range(20_000):
    print("flood")

# %% before gate
raise ValueError("x" * 50_000_000)

# %% before word
from IPython.display import HTML, display

for _ in range(50):
    display(HTML("y" * 1_000_000))


# %% last
class E(Exception):
    def __str__(self):
        return "z" * 20_000_000


raise E
