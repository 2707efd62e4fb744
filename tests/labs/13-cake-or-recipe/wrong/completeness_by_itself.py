"""Each class is counted by itself.

loses: completeness-visible, completeness-hidden
message: each class was counted by itself
"""


# %% completeness
def completeness(record, components, open_licences):
    filled = {name for name, licence in record.items() if licence in open_licences}
    if "research-paper" in filled:
        filled.add("technical-report")
    shares = []
    for step in (3, 2, 1):
        places = [one["id"] for one in components if one["required"] and one["class"] == step]
        shares.append(sum(place in filled for place in places) / len(places))
    return shares
