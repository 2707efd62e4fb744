"""The logarithm of a softmax: -inf where a probability is too small for a float.

loses: answer-log-probs-visible
message: the logarithm of that is -inf
"""


# %% answer-log-probs
def answer_log_probs(logits, tokens, prompt_lengths, end):
    chosen = tokens[:, 1:]
    log_probs = logits[:, :-1].softmax(-1).log().gather(2, chosen[:, :, None])[:, :, 0]
    answer = torch.arange(1, tokens.shape[1]) >= prompt_lengths[:, None]
    ends = (answer & (chosen == end)).long()
    return log_probs, answer & (ends.cumsum(1) - ends == 0)
