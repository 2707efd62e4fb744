"""Runs of other models are on the card.

loses: card-figures-visible, card-figures-hidden
message: another model's run is on the card
"""


# %% card-figures
def card_figures(lines, name):
    last = {line["id"]: line for line in lines}
    figures = {"runs": len(last), "unfinished": sum(line["state"] == "going" for line in last.values())}
    for field in ("tokens", "processor_seconds", "dollars", "flops_counted"):
        values = [line.get(field) for line in last.values()]
        figures[field] = sum(values) if values and None not in values else None
    return figures
