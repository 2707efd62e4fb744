"""Off by one: each forecast is compared with the token that was read.

loses: mixed-loss-visible, mixed-loss-hidden
message: not shifted
"""


# %% mixed-loss
def mixed_loss(logits, ids, written, top_ids, top_shares, alpha):
    labels = F.cross_entropy(logits[written], ids[written])
    teacher = parts.top_k(logits[written], top_ids[written], top_shares[written])
    return (1 - alpha) * labels + alpha * teacher
