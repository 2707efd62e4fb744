"""Text with mathematics, tables and an attached picture; cells of raw text; answers with much blank space."""


# %% outside
def mutate(notebook):
    picture = {
        "a.png": {
            "image/png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        }
    }
    text = "# Title $x^2$\n\n|a|b|\n|-|-|\n|1|2|\n\n![p](attachment:a.png) <b>bold</b> \u00e9\u4e2d\U0001f600"
    notebook["cells"].insert(0, {"cell_type": "markdown", "source": text, "metadata": {}, "attachments": picture})
    notebook["cells"].append({"cell_type": "raw", "source": "raw", "metadata": {}})
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = "\n\n" + cell["source"].replace("\n", "\r\n") + "   \n\n\n"
            cell["outputs"] = [{"output_type": "stream", "name": "stderr", "text": "old"}]
            cell["execution_count"] = 77
