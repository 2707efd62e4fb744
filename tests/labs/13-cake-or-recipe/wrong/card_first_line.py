"""A run's first line counts.

loses: card-figures-visible, card-figures-hidden
message: a run's first line was taken
"""


# %% card-figures
def card_figures(lines, name):
    last = {line["id"]: line for line in lines[::-1] if line["name"] == name}
    figures = {"runs": len(last), "unfinished": sum(line["state"] == "going" for line in last.values())}
    for field in ("tokens", "processor_seconds", "dollars", "flops_counted"):
        values = [line.get(field) for line in last.values()]
        figures[field] = sum(values) if values and None not in values else None
    return figures
