"""Loops without end in a cell and in an answer that a check calls; what is right keeps its points.

others: right
loses: word-visible
seconds: 2
"""

# %% first
while True:
    pass


# %% word
def word(n):
    while True:
        n += 1
