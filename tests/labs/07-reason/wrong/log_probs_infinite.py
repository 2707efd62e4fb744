"""Minus infinity where the mask is false; part 6 goes on with the reference.

loses: answer-log-probs-visible
message: infinity times 0 is NaN
"""


# %% answer-log-probs
def answer_log_probs(logits, tokens, prompt_lengths, end):
    chosen, place = tokens[:, 1:], torch.arange(1, tokens.shape[1])
    log_probs = logits[:, :-1].log_softmax(-1).gather(2, chosen[:, :, None])[:, :, 0]
    inside = place >= prompt_lengths[:, None]
    ends = (inside & (chosen == end)).long()
    mask = inside & (ends.cumsum(1) - ends == 0)
    return log_probs.masked_fill(~mask, -torch.inf), mask
