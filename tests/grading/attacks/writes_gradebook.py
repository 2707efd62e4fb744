"""Writes marks into the gradebook, and leaves files in the places that the teacher's programs read.

loses: all
"""

# %% first
import os
import shutil
import site
import sqlite3
import sys

places = ["CANARIES/gradebook.db", "CANARIES/submitted/ben/toy.ipynb", "CANARIES/home/.bashrc", "CANARIES/new"]
places += [site.getsitepackages()[0] + "/sitecustomize.py", sys.prefix + "/bin/python", "/etc/passwd", "/usr/bin/env"]
import openexperts

places += [openexperts.__file__, os.path.dirname(openexperts.__file__) + "/checks.py"]
for place in places:
    for act in (
        lambda p: open(p, "w"),
        lambda p: os.makedirs(p, exist_ok=True),
        os.unlink,
        lambda p: os.chmod(p, 0o777),
        lambda p: sqlite3.connect(p).execute("create table grade (x)"),
        lambda p: os.replace("/proc/self/cwd/mine", p),
        lambda p: os.link(p, "mine"),
    ):
        try:
            act(place)
            if not place.startswith("CANARIES"):
                print("WROTE", place)
        except (OSError, sqlite3.Error):
            pass
shutil.rmtree("CANARIES", ignore_errors=True)
