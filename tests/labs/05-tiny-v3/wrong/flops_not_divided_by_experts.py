"""Times the experts that a token passes, and not divided by all that a stack holds.

loses: flops-visible, flops-hidden
message: `/ n_routed_experts` is missing
"""


# %% flops
def flops(weights, config, length):
    active = 0
    for name, tensor in weights.items():
        if tensor.dim() > 1 and "embed_tokens" not in name:
            share = config.num_experts_per_tok if ".experts." in name else 1
            active += share * tensor.numel()
    widths = config.qk_nope_head_dim + config.qk_rope_head_dim + config.v_head_dim
    attended = config.num_hidden_layers * 2 * length**2 * config.num_attention_heads * widths
    forward = 2 * length * active + attended
    return forward, 3 * forward
