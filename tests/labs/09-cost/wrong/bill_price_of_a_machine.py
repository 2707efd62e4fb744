"""The price of a machine is taken for that of a GPU.

loses: recompute-bill-visible, recompute-bill-hidden
message: the price is for a machine
"""


# %% recompute-bill
def recompute_bill(hours: dict[str, float], price: float, gpus: int, lost: float, research: float) -> dict:
    dollars = {item: used * price for item, used in hours.items()}
    total = sum(dollars.values())
    shares = {item: amount / total for item, amount in dollars.items()}
    return {
        "dollars": dollars,
        "total": total,
        "shares": shares,
        "with_left_out": total / (1 - lost) + research * total,
    }
