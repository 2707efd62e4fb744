"""Labels above 0 count: token 0 is left out with the padding.

loses: loss-visible, loss-hidden
"""


# %% loss
def next_token_loss(logits, labels):
    y = labels[:, 1:]
    m = y > 0
    return F.cross_entropy(logits[:, :-1][m], y[m])
