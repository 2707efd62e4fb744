"""Shares as text, for reading.

loses: recompute-bill-visible, recompute-bill-hidden
message: "shares" of the bill: expected numbers, yours gave ['75%', '25%']
"""


# %% recompute-bill
def recompute_bill(hours, price, gpus, lost, research):
    dollars = {item: used * price / gpus for item, used in hours.items()}
    total = sum(dollars.values())
    shares = {item: f"{one / total:.0%}" for item, one in dollars.items()}
    return {
        "dollars": dollars,
        "total": total,
        "shares": shares,
        "with_left_out": total / (1 - lost) + research * total,
    }
