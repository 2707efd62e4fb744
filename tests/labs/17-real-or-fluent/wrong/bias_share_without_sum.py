"""The green share is not divided by all weights.

loses: bias-visible, bias-hidden
message: the sum of all weights is missing
"""


# %% bias
def watermarked(logits, green, delta, temperature):
    return (logits / temperature + delta * green).softmax(-1)


def green_share(plain, delta):
    return plain * math.exp(delta)
