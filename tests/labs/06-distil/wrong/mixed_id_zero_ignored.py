"""Id 0 is taken for padding, also where the teacher wrote it.

loses: mixed-loss-visible, mixed-loss-hidden
message: Likely: labels with id 0 were left out
"""


# %% mixed-loss
def mixed_loss(logits, ids, written, top_ids, top_shares, alpha):
    compared = written[:, 1:]
    forecasts = logits[:, :-1][compared]
    labels = F.cross_entropy(forecasts, ids[:, 1:][compared], ignore_index=0)
    teacher = parts.top_k(forecasts, top_ids[:, 1:][compared], top_shares[:, 1:][compared])
    return (1 - alpha) * labels + alpha * teacher
