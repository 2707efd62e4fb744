"""The tokens are floating-point numbers: right values, which no embedding takes.

loses: generate-visible, generate-hidden
message: the kind of the tokens
"""


# %% generate
def generate(model, prompts, n_new):
    tokens, new, cache = (prompts.float(), prompts, None)
    for _ in range(n_new):
        logits, cache = model(new, cache)
        new = logits[:, -1:].argmax(-1)
        tokens = torch.cat([tokens, new], dim=1)
    return tokens
