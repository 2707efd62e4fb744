"""Shares of what the record lists, not of what is asked.

loses: completeness-hidden
"""


# %% completeness
def completeness(record, components, open_licences):
    filled = {name for name, licence in record.items() if licence in open_licences}
    if "research-paper" in filled:
        filled.add("technical-report")
    shares = []
    for step in (3, 2, 1):
        places = [one["id"] for one in components if one["required"] and one["class"] >= step]
        shares.append(sum(place in filled for place in places) / max(1, sum(place in record for place in places)))
    return shares
