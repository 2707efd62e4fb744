"""Takes all the memory that it can get, of a kind that Python does not count.

others: right
loses: all
flag: limit, ended
"""

# %% first
import mmap

held = []
while True:
    held.append(mmap.mmap(-1, 50_000_000))
    held[-1].write(b"x" * 50_000_000)
