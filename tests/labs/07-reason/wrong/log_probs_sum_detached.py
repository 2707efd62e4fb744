"""The softmax's sum has no gradient.

loses: answer-log-probs-hidden
"""


# %% answer-log-probs
def answer_log_probs(logits, tokens, prompt_lengths, end):
    chosen = tokens[:, 1:]
    z = logits[:, :-1]
    lp = (z - z.logsumexp(-1, keepdim=True).detach()).gather(2, chosen[:, :, None])[:, :, 0]
    answer = torch.arange(1, tokens.shape[1]) >= prompt_lengths[:, None]
    ends = (answer & (chosen == end)).long()
    return lp, answer & (ends.cumsum(1) - ends == 0)
