"""The missing places as a set, which has no order.

loses: class-and-gap-visible, class-and-gap-hidden
"""


# %% class-and-gap
def class_and_gap(open_parts: list[str], components: list[dict]) -> tuple[str, list[str]]:
    """Return (class, missing): "none", "III", "II" or "I", and the sorted names of
    the required components that stand between it and the next class."""
    filled = set(open_parts)
    if "research-paper" in filled:
        filled.add("technical-report")
    reached = "none"
    for step, name in ((3, "III"), (2, "II"), (1, "I")):
        missing = {one["id"] for one in components if one["required"] and one["class"] >= step} - filled
        if missing:
            return reached, missing
        reached = name
    return reached, []
