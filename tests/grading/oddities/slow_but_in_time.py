"""Computes for some seconds, in cells and in an answer, with a progress bar."""

# %% first
import time

from tqdm.auto import tqdm

for _ in tqdm(range(10)):
    time.sleep(0.05)


# %% word
def word(n):
    time.sleep(0.5)
    return "odd" if n % 2 else "even"
