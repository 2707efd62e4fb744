"""Saved with a kernel and a Python of another name, as on the learner's own machine."""


# %% outside
def mutate(notebook):
    kernel = {"name": "conda-env-my-env-py", "language": "python", "display_name": "Python [conda env:my-env]"}
    notebook["metadata"] = {"kernelspec": kernel, "language_info": {"name": "python", "version": "3.9.1"}, "vscode": {}}
    notebook["nbformat_minor"] = 2
    for cell in notebook["cells"]:
        cell.pop("id", None)
        cell["metadata"]["collapsed"] = False
        cell["metadata"]["tags"] = ["my-tag"]
        cell["source"] = cell["source"].splitlines(keepends=True)
