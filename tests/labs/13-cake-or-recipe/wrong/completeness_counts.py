"""Counts and not shares.

loses: completeness-visible, completeness-hidden
message: these are counts and not shares
"""


# %% completeness
def completeness(record, components, open_licences):
    filled = {name for name, licence in record.items() if licence in open_licences}
    if "research-paper" in filled:
        filled.add("technical-report")
    shares = []
    for step in (3, 2, 1):
        places = [one["id"] for one in components if one["required"] and one["class"] >= step]
        shares.append(float(sum(place in filled for place in places)))
    return shares
