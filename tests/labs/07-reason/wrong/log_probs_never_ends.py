"""`argmax` of a row without an end is 0: an answer that never ends gets lost.

loses: answer-log-probs-visible, answer-log-probs-hidden
message: an answer without one goes to the last place
"""


# %% answer-log-probs
def answer_log_probs(logits, tokens, prompt_lengths, end):
    chosen = tokens[:, 1:]
    lp = logits[:, :-1].log_softmax(-1).gather(2, chosen[:, :, None])[:, :, 0]
    place = torch.arange(1, tokens.shape[1])
    answer = place >= prompt_lengths[:, None]
    first = (answer & (chosen == end)).int().argmax(1)
    return lp, answer & (torch.arange(tokens.shape[1] - 1) <= first[:, None])
