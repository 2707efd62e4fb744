"""Red tokens get delta.

loses: bias-visible, bias-hidden
message: the red tokens got delta
"""


# %% bias
def watermarked(logits, green, delta, temperature):
    return (logits / temperature + delta * ~green).softmax(-1)


def green_share(plain, delta):
    return plain * math.exp(delta) / (plain * math.exp(delta) + 1 - plain)
