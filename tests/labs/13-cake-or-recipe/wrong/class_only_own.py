"""A class asks for its own components only, and the highest one counts.

loses: class-and-gap-visible, class-and-gap-hidden
"""


# %% class-and-gap
def class_and_gap(open_parts, components):
    filled = set(open_parts)
    if "research-paper" in filled:
        filled.add("technical-report")
    gaps = {}
    for step in (1, 2, 3):
        gaps[step] = sorted({one["id"] for one in components if one["required"] and one["class"] == step} - filled)
    for step, name in ((1, "I"), (2, "II"), (3, "III")):
        if not gaps[step]:
            return name, gaps.get(step - 1, [])
    return "none", gaps[3]
