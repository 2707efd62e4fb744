"""The result is divided with `//`: half a byte is lost.

loses: count-bytes-hidden
"""


# %% count-bytes
def cache_bytes_per_token(config, bits=16):
    if config.get("kv_lora_rank"):
        numbers = config["kv_lora_rank"] + config["qk_rope_head_dim"]
    else:
        n_heads = config["num_attention_heads"]
        head_dim = config.get("head_dim") or config["hidden_size"] // n_heads
        numbers = 2 * (config.get("num_key_value_heads") or n_heads) * head_dim
    return config["num_hidden_layers"] * numbers * bits // 8
