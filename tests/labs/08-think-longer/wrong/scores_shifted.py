"""Shifted by one: these logits are aligned.

loses: answer-scores-visible, answer-scores-hidden
"""


# %% answer-scores
def answer_scores(logits, tokens, mask):
    each = logits[:, :-1].log_softmax(-1).gather(-1, tokens[:, 1:, None])[..., 0]
    t = (each * mask[:, 1:]).sum(1)
    return t, t / mask[:, 1:].sum(1)
