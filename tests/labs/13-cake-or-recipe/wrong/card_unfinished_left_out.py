"""Runs that were cut short are left out.

loses: card-figures-visible, card-figures-hidden
message: the run that was cut short was left out
"""


# %% card-figures
def card_figures(lines, name):
    last = {line["id"]: line for line in lines if line["name"] == name}
    last = {run: line for run, line in last.items() if line["state"] == "done"}
    figures = {"runs": len(last), "unfinished": sum(line["state"] == "going" for line in last.values())}
    for field in ("tokens", "processor_seconds", "dollars", "flops_counted"):
        values = [line.get(field) for line in last.values()]
        figures[field] = sum(values) if values and None not in values else None
    return figures
