"""Delta is divided by the temperature too.

loses: bias-visible, bias-hidden
message: before the division
"""


# %% bias
def watermarked(logits, green, delta, temperature):
    return ((logits + delta * green) / temperature).softmax(-1)


def green_share(plain, delta):
    return plain * math.exp(delta) / (plain * math.exp(delta) + 1 - plain)
