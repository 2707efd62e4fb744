"""Writes 40 MB past Python, to descriptors 1 and 2, then closes them; the answers are right.

others: right
"""

# %% first
import os

for _ in range(20):
    os.write(1, b"x" * 1_000_000)
    os.write(2, b"\xff" * 1_000_000)

# %% before gate
os.closerange(0, 3)
