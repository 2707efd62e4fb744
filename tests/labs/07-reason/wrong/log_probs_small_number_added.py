"""A small number is added to the probability, so that its logarithm is finite.

loses: answer-log-probs-visible answer-log-probs-hidden
message: hundreds apart
"""


# %% answer-log-probs
def answer_log_probs(logits, tokens, prompt_lengths, end):
    chosen = tokens[:, 1:]
    log_probs = (logits[:, :-1].softmax(-1).gather(2, chosen[:, :, None])[:, :, 0] + 1e-8).log()
    answer = torch.arange(1, tokens.shape[1]) >= prompt_lengths[:, None]
    ends = (answer & (chosen == end)).long()
    return log_probs, answer & (ends.cumsum(1) - ends == 0)
