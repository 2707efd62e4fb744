"""The prompt is in the loss: everything up to the last written token.

loses: mixed-loss-visible, mixed-loss-hidden
message: the prompt is in the loss
"""


# %% mixed-loss
def mixed_loss(logits, ids, written, top_ids, top_shares, alpha):
    compared = written[:, 1:].flip(1).cumsum(1).flip(1) > 0
    forecasts = logits[:, :-1][compared]
    labels = F.cross_entropy(forecasts, ids[:, 1:][compared])
    teacher = parts.top_k(forecasts, top_ids[:, 1:][compared], top_shares[:, 1:][compared])
    return (1 - alpha) * labels + alpha * teacher
