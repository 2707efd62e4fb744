"""Written for one prompt: a number in place of a column.

loses: generate-visible, generate-hidden
"""


# %% generate
def generate(model, prompts, n_new):
    tokens, new, cache = prompts, prompts, None
    for _ in range(n_new):
        logits, cache = model(new, cache)
        new = logits[0, -1].argmax().view(1, 1)
        tokens = torch.cat([tokens, new], dim=1)
    return tokens
