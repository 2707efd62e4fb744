"""The logarithm of a softmax: -inf where a probability is too small for a float.

loses: loss-visible
message: not the logarithm of a softmax
"""


# %% loss
def next_token_loss(logits, labels):
    wanted = labels[:, 1:]
    counts = wanted != -100
    probabilities = logits[:, :-1].softmax(-1)[counts]
    return -probabilities[torch.arange(len(probabilities)), wanted[counts]].log().mean()
