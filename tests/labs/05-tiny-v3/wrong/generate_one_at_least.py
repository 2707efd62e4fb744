"""The first new token is always written, even if none was asked for.

loses: generate-hidden
"""


# %% generate
def generate(model, prompts, n_new):
    tokens, new, cache = prompts, prompts, None
    for _ in range(max(1, n_new)):
        logits, cache = model(new, cache)
        new = logits[:, -1:].argmax(-1)
        tokens = torch.cat([tokens, new], dim=1)
    return tokens
