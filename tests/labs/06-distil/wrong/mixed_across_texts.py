"""Shifted in one long row: a text's last place forecasts the next text's first token.

loses: mixed-loss-visible, mixed-loss-hidden
message: the last place of a text forecast the first token of the next one
"""


# %% mixed-loss
def mixed_loss(logits, ids, written, top_ids, top_shares, alpha):
    compared = written.flatten()[1:]
    forecasts = logits.flatten(0, 1)[:-1][compared]
    labels = F.cross_entropy(forecasts, ids.flatten()[1:][compared])
    return (1 - alpha) * labels + alpha * parts.top_k(
        forecasts, top_ids.flatten(0, 1)[1:][compared], top_shares.flatten(0, 1)[1:][compared]
    )
