"""A batch of one loses its dimension.

loses: answer-log-probs-hidden
"""


# %% answer-log-probs
def answer_log_probs(logits, tokens, prompt_lengths, end):
    chosen = tokens[:, 1:]
    log_probs = logits[:, :-1].log_softmax(-1).gather(2, chosen[:, :, None]).squeeze()
    place = torch.arange(1, tokens.shape[1])
    answer = place >= prompt_lengths[:, None]
    ends = (answer & (chosen == end)).long()
    return log_probs, answer & (ends.cumsum(1) - ends == 0)
