"""The logits of the first place are used.

loses: generate-visible, generate-hidden
message: two prompts of 4 tokens
"""


# %% generate
def generate(model, prompts, n_new):
    tokens, new, cache = prompts, prompts, None
    for _ in range(n_new):
        logits, cache = model(new, cache)
        new = logits[:, :1].argmax(-1)
        tokens = torch.cat([tokens, new], dim=1)
    return tokens
