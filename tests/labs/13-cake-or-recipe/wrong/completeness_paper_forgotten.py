"""The paper does not stand for the report.

loses: completeness-visible, completeness-hidden
message: the paper did not stand for the report
"""


# %% completeness
def completeness(record, components, open_licences):
    filled = {name for name, licence in record.items() if licence in open_licences}
    shares = []
    for step in (3, 2, 1):
        places = [one["id"] for one in components if one["required"] and one["class"] >= step]
        shares.append(sum(place in filled for place in places) / len(places))
    return shares
