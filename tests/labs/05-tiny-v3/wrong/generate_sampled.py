"""Tokens are drawn, not the likeliest taken.

loses: generate-visible, generate-hidden
"""


# %% generate
def generate(model, prompts, n_new):
    tokens, new, cache = (prompts, prompts, None)
    for _ in range(n_new):
        logits, cache = model(new, cache)
        new = torch.multinomial(logits[:, -1].softmax(-1), 1)
        tokens = torch.cat([tokens, new], dim=1)
    return tokens
