"""Lost hours as a share of those that worked out.

loses: recompute-bill-visible, recompute-bill-hidden
message: a fifth was added
"""


# %% recompute-bill
def recompute_bill(hours: dict[str, float], price: float, gpus: int, lost: float, research: float) -> dict:
    dollars = {item: used * price / gpus for item, used in hours.items()}
    total = sum(dollars.values())
    shares = {item: amount / total for item, amount in dollars.items()}
    return {
        "dollars": dollars,
        "total": total,
        "shares": shares,
        "with_left_out": total * (1 + lost) + research * total,
    }
