"""Beside the notebook lie links to what the grader may read, under the names that a learner's code would open.

loses: all
flag: link
state: graded
"""

# %% outside
from pathlib import Path


def files():
    return {"data.txt": Path("CANARIES/home/token"), "folder": Path("CANARIES"), "up": Path("../../../..")}


# %% word
import os


def word(n):
    return [open(path).read() for path in ("data.txt", "folder/gradebook.db") if os.path.exists(path)]
