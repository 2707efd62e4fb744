"""Only green tokens are possible.

loses: bias-visible, bias-hidden
message: red tokens became impossible
"""


# %% bias
def watermarked(logits, green, delta, temperature):
    return (logits / temperature).masked_fill(~green, float("-inf")).softmax(-1)


def green_share(plain, delta):
    return plain * math.exp(delta) / (plain * math.exp(delta) + 1 - plain)
