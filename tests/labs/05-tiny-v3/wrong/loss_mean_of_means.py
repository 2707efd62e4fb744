"""Each text is averaged by itself first.

loses: loss-visible, loss-hidden
message: each text was averaged by itself
"""


# %% loss
def next_token_loss(logits, labels):
    return torch.stack([F.cross_entropy(one[:-1], label[1:]) for one, label in zip(logits, labels, strict=True)]).mean()
