"""A notebook of 60 MB.

flag: too-large
state: not read
"""

# %% outside
import json


def mutate(notebook):
    notebook["metadata"]["x"] = "x" * 60_000_000
    return json.dumps(notebook).encode()
