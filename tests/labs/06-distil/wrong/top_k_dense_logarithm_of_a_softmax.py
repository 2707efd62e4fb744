"""All places, with 0 for what was not stored, and the logarithm of a softmax: 0 times -inf; part 5 is not spoilt by it.

loses: top-k-loss-visible
"""


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    dense = torch.zeros_like(student_logits).scatter_add(1, top_ids, top_shares)
    return -(dense * student_logits.softmax(-1).log()).sum(1).mean()


# %% mixed-loss
def mixed_loss(logits, ids, written, top_ids, top_shares, alpha):
    compared = written[:, 1:]
    forecasts = logits[:, :-1][compared]
    labels = F.cross_entropy(forecasts, ids[:, 1:][compared])
    teacher = parts.top_k(forecasts, top_ids[:, 1:][compared], top_shares[:, 1:][compared])
    return (1 - alpha) * labels + alpha * teacher
