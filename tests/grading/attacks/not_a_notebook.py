"""The notebook's file is cut off in the middle.

flag: not-a-notebook
state: not read
"""

# %% outside
import json


def mutate(notebook):
    return json.dumps(notebook).encode()[:2000]
