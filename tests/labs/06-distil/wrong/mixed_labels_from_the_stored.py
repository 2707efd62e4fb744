"""The teacher's best token is taken for its text.

loses: mixed-loss-visible mixed-loss-hidden
message: not the best that were stored
"""


# %% mixed-loss
def mixed_loss(logits, ids, written, top_ids, top_shares, alpha):
    compared = written[:, 1:]
    forecasts = logits[:, :-1][compared]
    labels = F.cross_entropy(forecasts, top_ids[:, 1:, 0][compared])
    return (1 - alpha) * labels + alpha * parts.top_k(forecasts, top_ids[:, 1:][compared], top_shares[:, 1:][compared])
