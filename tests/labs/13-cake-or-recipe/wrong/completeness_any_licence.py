"""Any licence counts, open or not.

loses: completeness-visible, completeness-hidden
message: a licence that is not open was counted
"""


# %% completeness
def completeness(record, components, open_licences):
    filled = {name for name, licence in record.items() if licence not in ("unknown", "unlicensed", "not listed")}
    if "research-paper" in filled:
        filled.add("technical-report")
    shares = []
    for step in (3, 2, 1):
        places = [one["id"] for one in components if one["required"] and one["class"] >= step]
        shares.append(sum(place in filled for place in places) / len(places))
    return shares
