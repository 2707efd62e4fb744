"""As many columns as tokens.

loses: answer-log-probs-visible, answer-log-probs-hidden
message: no place speaks of the first token
"""


# %% answer-log-probs
def answer_log_probs(logits, tokens, prompt_lengths, end):
    chosen, place = tokens[:, 1:], torch.arange(1, tokens.shape[1])
    log_probs = logits[:, :-1].log_softmax(-1).gather(2, chosen[:, :, None])[:, :, 0]
    inside = place >= prompt_lengths[:, None]
    ends = (inside & (chosen == end)).long()
    mask = inside & (ends.cumsum(1) - ends == 0)
    return F.pad(log_probs, (0, 1)), mask
