"""Reads data and a helper module that were handed in beside the notebook, and writes files of its own."""


# %% outside
def files():
    helper = b"def times(x, y):\n    return x * y\n"
    return {"data/words.txt": b"even\nodd\n", "my_helper.py": helper, "notes.md": b"# mine"}


# %% square
import pickle
import tempfile
from pathlib import Path

from my_helper import times


def square(x):
    Path("out").mkdir(exist_ok=True)
    Path("out/x.pickle").write_bytes(pickle.dumps(x))
    with tempfile.TemporaryDirectory() as folder:
        torch.save(x, Path(folder, "x.pt"))
        y = torch.load(Path(folder, "x.pt"))
    return times(x, y)


# %% word
def word(n):
    return Path("data/words.txt").read_text().split()[n % 2]
