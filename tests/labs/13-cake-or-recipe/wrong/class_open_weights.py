"""Open weights are taken for an open model.

loses: class-and-gap-visible, class-and-gap-hidden
message: open weights are not yet an open model
"""


# %% class-and-gap
def class_and_gap(open_parts, components):
    filled = set(open_parts)
    if "research-paper" in filled:
        filled.add("technical-report")
    reached = "none"
    for step, name in ((3, "III"), (2, "II"), (1, "I")):
        missing = {one["id"] for one in components if one["required"] and one["class"] >= step} - filled
        if step == 3 and filled & {"weights", "parameters"}:
            missing = set()
        elif "weights" in filled or "parameters" in filled:
            missing -= {one["id"] for one in components if one["class"] == 3}
        if missing:
            return reached, sorted(missing)
        reached = name
    return reached, []
