"""Each expert's scores are divided by their sum over the tokens.

loses: balance-loss-visible, balance-loss-hidden
message: divided by the sum over the tokens; s' divides by the sum over the experts
"""


# %% balance-loss
def balance_loss(scores, indices, mask, alpha):
    losses = []
    for s, chosen, real in zip(scores, indices, mask, strict=True):
        s, chosen = s[real], chosen[real]
        (length, n_experts), top_k = s.shape, chosen.shape[-1]
        f = torch.bincount(chosen.flatten(), minlength=n_experts) * n_experts / (top_k * length)
        P = (s / s.sum(0)).mean(0)
        losses.append(alpha * (f * P).sum())
    return torch.stack(losses).mean()
