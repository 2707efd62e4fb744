"""Lists, which have no gradient.

loses: answer-log-probs-visible, answer-log-probs-hidden
message: expected a tensor of shape [3, 4]
"""


# %% answer-log-probs
def answer_log_probs(logits, tokens, prompt_lengths, end):
    chosen, place = tokens[:, 1:], torch.arange(1, tokens.shape[1])
    log_probs = logits[:, :-1].log_softmax(-1).gather(2, chosen[:, :, None])[:, :, 0]
    inside = place >= prompt_lengths[:, None]
    ends = (inside & (chosen == end)).long()
    mask = inside & (ends.cumsum(1) - ends == 0)
    return log_probs.tolist(), mask.tolist()
