"""The report stands for the paper too.

loses: completeness-visible, completeness-hidden
message: the report stood for the paper too
"""


# %% completeness
def completeness(record, components, open_licences):
    filled = {name for name, licence in record.items() if licence in open_licences}
    if "research-paper" in filled or "technical-report" in filled:
        filled |= {"technical-report", "research-paper"}
    shares = []
    for step in (3, 2, 1):
        places = [one["id"] for one in components if one["required"] and one["class"] >= step]
        shares.append(sum(place in filled for place in places) / len(places))
    return shares
