"""Every item gets the same share.

loses: recompute-bill-visible, recompute-bill-hidden
message: the same share
"""


# %% recompute-bill
def recompute_bill(hours: dict[str, float], price: float, gpus: int, lost: float, research: float) -> dict:
    dollars = {item: used * price / gpus for item, used in hours.items()}
    total = sum(dollars.values())
    shares = {item: 1 / len(dollars) for item, amount in dollars.items()}
    return {
        "dollars": dollars,
        "total": total,
        "shares": shares,
        "with_left_out": total / (1 - lost) + research * total,
    }
