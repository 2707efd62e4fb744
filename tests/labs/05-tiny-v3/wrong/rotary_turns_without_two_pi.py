"""A full turn is 2 pi; here it is 1.

loses: rotary-visible rotary-hidden
"""


# %% rotary
def rotary(config):
    rope, dim = config.rope_parameters, config.qk_rope_head_dim
    frequencies = rope["rope_theta"] ** (-torch.arange(0, dim, 2) / dim)
    scale = (config.qk_nope_head_dim + dim) ** (-0.5)
    if rope["rope_type"] == "default":
        return frequencies, scale

    def place(turns):
        length = rope["original_max_position_embeddings"]
        return dim * math.log(length / turns) / (2 * math.log(rope["rope_theta"]))

    low = max(math.floor(place(rope["beta_fast"])), 0)
    high = min(math.ceil(place(rope["beta_slow"])), dim - 1)
    slowed = ((torch.arange(dim // 2) - low) / (high - low)).clamp(0, 1)
    m = 0.1 * rope["mscale_all_dim"] * math.log(rope["factor"]) + 1
    return (1 - slowed) * frequencies + slowed * frequencies / rope["factor"], scale * m**2
