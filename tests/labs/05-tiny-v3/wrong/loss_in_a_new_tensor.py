"""The value in a new tensor with `requires_grad=True`: it has a gradient, which reaches nothing.

loses: loss-hidden
"""


# %% loss
def next_token_loss(logits, labels):
    return torch.tensor(
        F.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()).item(), requires_grad=True
    )
