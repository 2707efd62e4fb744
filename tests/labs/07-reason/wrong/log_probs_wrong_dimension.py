"""The softmax over the places.

loses: answer-log-probs-visible, answer-log-probs-hidden
message: over the places
"""


# %% answer-log-probs
def answer_log_probs(logits, tokens, prompt_lengths, end):
    chosen = tokens[:, 1:]
    log_probs = logits[:, :-1].log_softmax(1).gather(2, chosen[:, :, None])[:, :, 0]

    place = torch.arange(1, tokens.shape[1])
    answer = place >= prompt_lengths[:, None]
    ends = (answer & (chosen == end)).long()
    mask = answer & (ends.cumsum(1) - ends == 0)
    return log_probs, mask
