"""All prompts are taken for as long as the longest.

loses: answer-log-probs-visible, answer-log-probs-hidden
"""


# %% answer-log-probs
def answer_log_probs(logits, tokens, prompt_lengths, end):
    chosen = tokens[:, 1:]
    lp = logits[:, :-1].log_softmax(-1).gather(2, chosen[:, :, None])[:, :, 0]
    answer = (torch.arange(1, tokens.shape[1]) >= prompt_lengths.max()).expand_as(chosen)
    ends = (answer & (chosen == end)).long()
    return lp, answer & (ends.cumsum(1) - ends == 0)
