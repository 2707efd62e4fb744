"""The labels' part is the logarithm of a softmax: -inf where a probability is too small for a float.

loses: mixed-loss-visible
message: not the logarithm of a softmax
"""


# %% mixed-loss
def mixed_loss(logits, ids, written, top_ids, top_shares, alpha):
    compared = written[:, 1:]
    forecasts = logits[:, :-1][compared]
    chosen = forecasts.softmax(-1).gather(1, ids[:, 1:][compared][:, None])
    teacher = parts.top_k(forecasts, top_ids[:, 1:][compared], top_shares[:, 1:][compared])
    return -(1 - alpha) * chosen.log().mean() + alpha * teacher
