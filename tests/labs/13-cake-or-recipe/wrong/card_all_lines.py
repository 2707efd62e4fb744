"""All lines of a run are added up.

loses: card-figures-visible, card-figures-hidden
message: all lines were added up
"""


# %% card-figures
def card_figures(lines, name):
    last = {n: line for n, line in enumerate(lines) if line["name"] == name}
    figures = {"runs": len(last), "unfinished": sum(line["state"] == "going" for line in last.values())}
    for field in ("tokens", "processor_seconds", "dollars", "flops_counted"):
        values = [line.get(field) for line in last.values()]
        figures[field] = sum(values) if values and None not in values else None
    return figures
