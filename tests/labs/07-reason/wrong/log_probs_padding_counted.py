"""Padding is counted.

loses: answer-log-probs-visible, answer-log-probs-hidden
message: padding
"""


# %% answer-log-probs
def answer_log_probs(logits, tokens, prompt_lengths, end):
    chosen = tokens[:, 1:]
    log_probs = logits[:, :-1].log_softmax(-1).gather(2, chosen[:, :, None])[:, :, 0]
    mask = torch.arange(1, tokens.shape[1]) >= prompt_lengths[:, None]
    return log_probs, mask
