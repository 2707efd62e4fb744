"""There is no mark.

loses: bias-visible, bias-hidden
message: there is no mark
"""


# %% bias
def watermarked(logits, green, delta, temperature):
    return (logits / temperature).softmax(-1)


def green_share(plain, delta):
    return plain * math.exp(delta) / (plain * math.exp(delta) + 1 - plain)
