"""Keys that are not those of the task, one of them no word.

loses: card-figures-visible, card-figures-hidden
message: the entries of the card
"""


# %% card-figures
def card_figures(lines: list[dict], name: str) -> dict[str, float | None]:
    """The figures of a model card: runs, unfinished, tokens, processor_seconds, dollars, flops_counted."""
    last = {line["id"]: line for line in lines if line["name"] == name}
    figures = {"runs": len(last), "unfinished": sum(line["state"] == "going" for line in last.values())}
    for field in ("tokens", "processor_seconds", "dollars", "flops_counted"):
        values = [line.get(field) for line in last.values()]
        figures[field] = sum(values) if values and None not in values else None
    return figures | {1: name}
