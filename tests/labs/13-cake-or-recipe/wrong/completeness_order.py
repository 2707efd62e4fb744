"""Class I first.

loses: completeness-visible, completeness-hidden
message: the order is III, II, I
"""


# %% completeness
def completeness(record, components, open_licences):
    filled = {name for name, licence in record.items() if licence in open_licences}
    if "research-paper" in filled:
        filled.add("technical-report")
    shares = []
    for step in (1, 2, 3):
        places = [one["id"] for one in components if one["required"] and one["class"] >= step]
        shares.append(sum(place in filled for place in places) / len(places))
    return shares
