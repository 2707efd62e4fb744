"""Optional components are asked for.

loses: class-and-gap-visible, class-and-gap-hidden
message: optional components were asked for
"""


# %% class-and-gap
def class_and_gap(open_parts, components):
    filled = set(open_parts)
    if "research-paper" in filled:
        filled.add("technical-report")
    reached = "none"
    for step, name in ((3, "III"), (2, "II"), (1, "I")):
        missing = {one["id"] for one in components if one["class"] >= step} - filled
        if missing:
            return reached, sorted(missing)
        reached = name
    return reached, []
