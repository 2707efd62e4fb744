"""Loops without end in a cell and in an answer that a check calls; what is right keeps its points.

others: right
loses: word-visible
seconds: 1
"""

# %% first
import time

while True:
    time.sleep(0.01)


# %% word
def word(n):
    while True:
        n += 1
