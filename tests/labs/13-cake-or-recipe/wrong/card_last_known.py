"""An earlier line stands in where the last one lacks a figure.

loses: card-figures-hidden
"""


# %% card-figures
def card_figures(lines, name):
    last = {}
    for line in lines:
        if line["name"] == name:
            known = {key: value for key, value in line.items() if value is not None}
            last[line["id"]] = last.get(line["id"], {}) | known
    figures = {"runs": len(last), "unfinished": sum(line["state"] == "going" for line in last.values())}
    for field in ("tokens", "processor_seconds", "dollars", "flops_counted"):
        values = [line.get(field) for line in last.values()]
        figures[field] = sum(values) if values and None not in values else None
    return figures
