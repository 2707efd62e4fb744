"""`head_dim` is read only where the configuration has key-value heads.

loses: count-bytes-hidden
"""


# %% count-bytes
def cache_bytes_per_token(config, bits=16):
    if config.get("kv_lora_rank"):
        numbers = config["kv_lora_rank"] + config["qk_rope_head_dim"]
    else:
        n_heads = config["num_attention_heads"]
        if "num_key_value_heads" in config:
            numbers = 2 * config["num_key_value_heads"] * (config.get("head_dim") or config["hidden_size"] // n_heads)
        else:
            numbers = 2 * config["hidden_size"]
    return config["num_hidden_layers"] * numbers * bits / 8
