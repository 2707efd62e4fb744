"""The last end of a row counts, where padding is the end token too.

loses: answer-log-probs-hidden
"""


# %% answer-log-probs
def answer_log_probs(logits, tokens, prompt_lengths, end):
    chosen = tokens[:, 1:]
    lp = logits[:, :-1].log_softmax(-1).gather(2, chosen[:, :, None])[:, :, 0]
    place = torch.arange(1, tokens.shape[1])
    answer = place >= prompt_lengths[:, None]
    is_end = answer & (chosen == end)
    last = torch.where(is_end.any(1), (is_end * place).max(1).values, tokens.shape[1])
    return lp, answer & (place <= last[:, None])
