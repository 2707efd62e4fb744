"""Delta is added to probabilities.

loses: bias-visible, bias-hidden
message: delta was added to probabilities
"""


# %% bias
def watermarked(logits, green, delta, temperature):
    shares = (logits / temperature).softmax(-1) + delta * green
    return shares / shares.sum()


def green_share(plain, delta):
    return plain * math.exp(delta) / (plain * math.exp(delta) + 1 - plain)
