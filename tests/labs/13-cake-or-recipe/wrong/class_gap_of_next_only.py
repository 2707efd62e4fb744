"""Parts of the next class only: what of an earlier class is missing is forgotten.

loses: class-and-gap-visible, class-and-gap-hidden
"""


# %% class-and-gap
def class_and_gap(open_parts, components):
    filled = set(open_parts)
    if "research-paper" in filled:
        filled.add("technical-report")
    reached = "none"
    for step, name in ((3, "III"), (2, "II"), (1, "I")):
        missing = {one["id"] for one in components if one["required"] and one["class"] == step} - filled
        if len(missing) > 0 and step < 3 or len(missing) > 1:
            return reached, sorted(missing)
        reached = name
    return reached, []
