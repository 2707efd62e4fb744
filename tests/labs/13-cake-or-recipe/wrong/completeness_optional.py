"""Optional components are counted as places.

loses: completeness-visible, completeness-hidden
message: optional components were counted
"""


# %% completeness
def completeness(record, components, open_licences):
    filled = {name for name, licence in record.items() if licence in open_licences}
    if "research-paper" in filled:
        filled.add("technical-report")
    shares = []
    for step in (3, 2, 1):
        places = [one["id"] for one in components if one["class"] >= step]
        shares.append(sum(place in filled for place in places) / len(places))
    return shares
