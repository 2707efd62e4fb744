"""One part of a class is enough.

loses: class-and-gap-visible, class-and-gap-hidden
"""


# %% class-and-gap
def class_and_gap(open_parts, components):
    filled = set(open_parts)
    if "research-paper" in filled:
        filled.add("technical-report")
    reached = "none"
    for step, name in ((3, "III"), (2, "II"), (1, "I")):
        missing = {one["id"] for one in components if one["required"] and one["class"] >= step} - filled
        if missing == {one["id"] for one in components if one["required"] and one["class"] == step}:
            return reached, sorted(missing)
        reached = name
    return reached, []
