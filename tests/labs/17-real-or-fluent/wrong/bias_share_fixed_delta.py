"""The green share knows delta 2 only.

loses: bias-hidden
"""


# %% bias
def watermarked(logits, green, delta, temperature):
    return (logits / temperature + delta * green).softmax(-1)


def green_share(plain, delta):
    return plain * math.exp(2) / (plain * math.exp(2) + 1 - plain)
