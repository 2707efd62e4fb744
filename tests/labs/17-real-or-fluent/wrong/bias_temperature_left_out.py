"""The temperature is left out.

loses: bias-visible, bias-hidden
message: the temperature was left out
"""


# %% bias
def watermarked(logits, green, delta, temperature):
    return (logits + delta * green).softmax(-1)


def green_share(plain, delta):
    return plain * math.exp(delta) / (plain * math.exp(delta) + 1 - plain)
