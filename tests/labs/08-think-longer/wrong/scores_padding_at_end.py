"""The first so many columns are taken: padding elsewhere is missed.

loses: answer-scores-visible, answer-scores-hidden
message: the total of three samples
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = logits.log_softmax(-1).gather(-1, tokens[..., None])[..., 0]
    length = mask.sum(1)
    front = torch.arange(tokens.shape[1]) < length[:, None]
    return (each * front).sum(1), (each * front).sum(1) / length
