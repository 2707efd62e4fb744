"""What is in the record counts, whatever its licence.

loses: completeness-visible, completeness-hidden
message: counted as filled
"""


# %% completeness
def completeness(record, components, open_licences):
    filled = set(record)
    if "research-paper" in filled:
        filled.add("technical-report")
    shares = []
    for step in (3, 2, 1):
        places = [one["id"] for one in components if one["required"] and one["class"] >= step]
        shares.append(sum(place in filled for place in places) / len(places))
    return shares
