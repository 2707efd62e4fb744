"""The cross-entropy takes logits; it got probabilities.

loses: mixed-loss-visible mixed-loss-hidden
"""


# %% mixed-loss
def mixed_loss(logits, ids, written, top_ids, top_shares, alpha):
    compared = written[:, 1:]
    forecasts = logits[:, :-1][compared]
    labels = F.cross_entropy(forecasts.softmax(-1), ids[:, 1:][compared])
    teacher = parts.top_k(forecasts, top_ids[:, 1:][compared], top_shares[:, 1:][compared])
    return (1 - alpha) * labels + alpha * teacher
