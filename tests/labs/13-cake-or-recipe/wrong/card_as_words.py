"""The figures as words, ready to print, and not as numbers.

loses: card-figures-visible, card-figures-hidden
message: the card's runs
"""


# %% card-figures
def card_figures(lines: list[dict], name: str) -> dict[str, float | None]:
    """The figures of a model card: runs, unfinished, tokens, processor_seconds, dollars, flops_counted."""
    last = {line["id"]: line for line in lines if line["name"] == name}
    figures = {"runs": len(last), "unfinished": sum(line["state"] == "going" for line in last.values())}
    for field in ("tokens", "processor_seconds", "dollars", "flops_counted"):
        values = [line.get(field) for line in last.values()]
        figures[field] = sum(values) if values and None not in values else None
    return {field: str(value) for field, value in figures.items()}
