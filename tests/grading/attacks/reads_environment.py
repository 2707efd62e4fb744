"""Reads the environment, the command lines, the memory and the open files of every process it can see.

loses: all
"""

# %% first
import glob
import os
import re

found = dict(os.environ)
for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline") + glob.glob("/proc/[0-9]*/maps"):
    try:
        found[path] = open(path, "rb").read()
    except OSError as error:
        found[path] = error
for folder in glob.glob("/proc/[0-9]*/fd") + ["/proc/1/root/CANARIES", "/proc/1/cwd", "/dev", "/sys", "/run", "/var"]:
    try:
        found[folder] = [os.readlink(f"{folder}/{name}") for name in os.listdir(folder) if folder.endswith("fd")]
    except OSError as error:
        found[folder] = error
print(found)
# what the warm server knew stays in the pages of a fork
for line in open("/proc/self/maps"):
    low, high, mode = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
    if (
        mode.startswith("r")
        and "[v" not in line
        and int(high, 16) - int(low, 16) < 2**26
        and ("heap" in line or "stack" in line)
    ):
        with open("/proc/self/mem", "rb", buffering=0) as memory:
            memory.seek(int(low, 16))
            data = memory.read(int(high, 16) - int(low, 16))
        for word in (b"-".join([b"hunter2", b"of"]), b" ".join([b"BEGIN", b"HIDDEN", b"TESTS"])):
            if (place := data.find(word)) >= 0:
                print("FOUND", data[place : place + 60])
