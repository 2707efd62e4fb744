"""Everything from the first to the last written token counts, gaps too.

loses: mixed-loss-hidden
"""


# %% mixed-loss
def mixed_loss(logits, ids, written, top_ids, top_shares, alpha):
    span = written.clone()
    for r in range(len(ids)):
        w = written[r].nonzero().flatten()
        if len(w):
            span[r, w[0] : w[-1] + 1] = True
    compared = span[:, 1:]
    forecasts = logits[:, :-1][compared]
    labels = F.cross_entropy(forecasts, ids[:, 1:][compared])
    return (1 - alpha) * labels + alpha * parts.top_k(forecasts, top_ids[:, 1:][compared], top_shares[:, 1:][compared])
