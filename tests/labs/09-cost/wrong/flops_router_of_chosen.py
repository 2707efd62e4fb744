"""The router scores only the chosen experts.

loses: training-flops-visible, training-flops-hidden
message: a score for each expert
"""


# %% training-flops
def training_flops(config: dict, length: int, n_texts: int) -> float:
    d, heads, head_dim = config["hidden_size"], config["num_attention_heads"], config["head_dim"]
    attention = 2 * d * heads * head_dim + 2 * d * config["num_key_value_heads"] * head_dim
    experts = 3 * d * config["intermediate_size"] * config["num_experts_per_tok"]
    layer = attention + d * config["num_experts_per_tok"] + experts
    weights = config["num_hidden_layers"] * layer + d * config["vocab_size"]
    looks = config["num_hidden_layers"] * heads * 4 * length**2 * head_dim
    return 3 * n_texts * (2 * length * weights + looks)
