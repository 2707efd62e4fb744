"""The paper does not stand for the report.

loses: class-and-gap-visible, class-and-gap-hidden
message: the paper did not stand for the report
"""


# %% class-and-gap
def class_and_gap(open_parts, components):
    filled = set(open_parts)
    reached = "none"
    for step, name in ((3, "III"), (2, "II"), (1, "I")):
        missing = {one["id"] for one in components if one["required"] and one["class"] >= step} - filled
        if missing:
            return reached, sorted(missing)
        reached = name
    return reached, []
