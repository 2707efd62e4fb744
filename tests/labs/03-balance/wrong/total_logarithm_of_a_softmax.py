"""The logarithm of a softmax: -inf where a probability is too small for a float.

loses: training-loss-visible
message: not the logarithm of a softmax
"""


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    loss = -logits.softmax(-1)[mask].gather(1, targets[mask][:, None]).log().mean()
    for layer_scores, layer_indices in zip(scores, indices, strict=True):
        loss = loss + parts.balance(layer_scores, layer_indices, mask, alpha)
    return loss
