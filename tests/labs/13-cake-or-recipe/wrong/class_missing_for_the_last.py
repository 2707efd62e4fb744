"""What is missing for class I is listed, whatever the class.

loses: class-and-gap-visible, class-and-gap-hidden
message: what is missing for class I was listed
"""


# %% class-and-gap
def class_and_gap(open_parts, components):
    filled = set(open_parts)
    if "research-paper" in filled:
        filled.add("technical-report")
    reached = "none"
    for step, name in ((3, "III"), (2, "II"), (1, "I")):
        missing = {one["id"] for one in components if one["required"] and one["class"] >= step} - filled
        if missing:
            return reached, sorted({one["id"] for one in components if one["required"]} - filled)
        reached = name
    return reached, []
