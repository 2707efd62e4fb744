"""Files that Python would take for torch, IPython's start or its own settings, if it ran beside the notebook.

loses: all
flag: shadowing-file
state: graded
"""


# %% outside
def files():
    hostile = b"import os; os.environ['HOSTILE'] = '1'; open('CANARIES/shadow', 'w')"
    names = ("torch.py", "ipykernel_launcher.py", "sitecustomize.py", "openexperts/__init__.py", "json.py", "a.pth")
    return dict.fromkeys(names, hostile)


# %% word
def word(n):
    import os

    return os.environ.get("HOSTILE", "") + str(os.listdir("."))
