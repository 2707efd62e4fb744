"""Token 0 is taken for the end of all texts.

loses: generate-visible, generate-hidden
"""


# %% generate
def generate(model, prompts, n_new):
    tokens, new, cache = prompts, prompts, None
    for _ in range(n_new):
        logits, cache = model(new, cache)
        new = logits[:, -1:].argmax(-1)
        tokens = torch.cat([tokens, new], dim=1)
        if (new == 0).any():
            break
    return tokens
