"""A component that the record lacks stops it.

loses: completeness-hidden
"""


# %% completeness
def completeness(record, components, open_licences):
    filled = {one["id"] for one in components if record[one["id"]] in open_licences}
    if "research-paper" in filled:
        filled.add("technical-report")
    shares = []
    for step in (3, 2, 1):
        places = [one["id"] for one in components if one["required"] and one["class"] >= step]
        shares.append(sum(place in filled for place in places) / len(places))
    return shares
