"""Asks for another kernel, language and server extension, by the notebook's metadata.

loses: all
flag: other-language
state: graded
"""


# %% outside
def mutate(notebook):
    notebook["metadata"] = {
        "kernelspec": {"name": "bash", "language": "bash", "argv": ["sh", "-c", "touch CANARIES/kernel"]},
        "language_info": {"name": "bash", "nbconvert_exporter": "os.system"},
        "widgets": {"x": [1] * 1000},
        "nbgrader": {"checksum": "x"},
    }
