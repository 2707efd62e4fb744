"""The whole text is fed at each step: right, and the model reads it again and again.

loses: generate-visible, generate-hidden
"""


# %% generate
def generate(model, prompts, n_new):
    tokens, new, cache = prompts, prompts, None
    for _ in range(n_new):
        logits, cache = model(tokens, None)
        new = logits[:, -1:].argmax(-1)
        tokens = torch.cat([tokens, new], dim=1)
    return tokens
