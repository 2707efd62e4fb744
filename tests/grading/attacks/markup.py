"""HTML, SVG, scripts and links that would run or fetch in the teacher's browser, in outputs and in text.

loses: all
"""

# %% first
from IPython.display import HTML, SVG, Javascript, Markdown, display

nasty = "<script>fetch('http://x')</script><img src=x onerror=alert(1)><iframe src='javascript:alert(1)'></iframe>"
nasty += "<a href='javascript:alert(1)'>x</a><style>@import 'http://x'</style><svg onload=alert(1)><form action=//x>"
display(HTML(nasty), Markdown(nasty), Javascript("alert(1)"))
display(SVG(data="<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"))
display({"application/javascript": "alert(1)", "application/vnd.jupyter.widget-view+json": {"model_id": "x"}}, raw=True)
display({"text/latex": "$\\href{javascript:alert(1)}{x}$", "image/svg+xml": nasty, "image/png": '"><script>'}, raw=True)
raise ValueError(nasty)


# %% outside
def mutate(notebook):
    nasty = "<script>alert(1)</script> ![x](javascript:alert(1)) [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    svg = {"x.svg": {"image/svg+xml": "PHN2Zz4="}, "y.png": {"image/png": '"><script>'}}
    cell = {"cell_type": "markdown", "source": nasty, "metadata": {}, "attachments": svg}
    notebook["cells"].insert(0, cell)
    notebook["cells"].append({"cell_type": "raw", "source": nasty, "metadata": {"format": "text/html"}})
