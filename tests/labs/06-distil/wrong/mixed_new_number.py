"""The loss is put into a new tensor with `requires_grad`, which knows no logits.

loses: mixed-loss-visible, mixed-loss-hidden
message: make a new number, which does not know the logits
"""


# %% mixed-loss
def mixed_loss(logits, ids, written, top_ids, top_shares, alpha):
    compared = written[:, 1:]
    forecasts = logits[:, :-1][compared]
    labels = F.cross_entropy(forecasts, ids[:, 1:][compared])
    v = (1 - alpha) * labels + alpha * parts.top_k(forecasts, top_ids[:, 1:][compared], top_shares[:, 1:][compared])
    return torch.tensor(v.item(), requires_grad=True)
