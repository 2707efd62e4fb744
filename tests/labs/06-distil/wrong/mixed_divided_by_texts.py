"""Divided by the number of texts.

loses: mixed-loss-visible, mixed-loss-hidden
message: divided by the number of texts
"""


# %% mixed-loss
def mixed_loss(logits, ids, written, top_ids, top_shares, alpha):
    log_q = logits[:, :-1].log_softmax(-1)
    labels = -log_q.gather(2, ids[:, 1:, None])[..., 0]
    teacher = -(top_shares[:, 1:] * log_q.gather(2, top_ids[:, 1:])).sum(-1)
    each = ((1 - alpha) * labels + alpha * teacher) * written[:, 1:]
    return each.sum() / len(ids)
