"""A token counts only where the one before it does too: right for padding at the end, wrong for a prompt.

loses: loss-hidden
"""


# %% loss
def next_token_loss(logits, labels):
    m = (labels[:, :-1] != -100) & (labels[:, 1:] != -100)
    return F.cross_entropy(logits[:, :-1][m], labels[:, 1:][m])
