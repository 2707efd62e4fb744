"""Open is what the answer thinks, and not what it was told.

loses: completeness-hidden
"""


# %% completeness
def completeness(record, components, open_licences):
    filled = {name for name, licence in record.items() if licence in ("MIT", "Apache-2.0", "CC-BY-4.0", "CC-BY-SA-4.0")}
    if "research-paper" in filled:
        filled.add("technical-report")
    shares = []
    for step in (3, 2, 1):
        places = [one["id"] for one in components if one["required"] and one["class"] >= step]
        shares.append(sum(place in filled for place in places) / len(places))
    return shares
