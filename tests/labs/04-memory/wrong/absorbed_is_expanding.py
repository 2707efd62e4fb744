"""The latents are expanded, as in part 5.

loses: attend-absorbed-hidden
message: the latents were expanded
"""


# %% attend-absorbed
def attend_absorbed(q_nope, q_rope, latent, rope_key, kv_b, o):
    return attend_by_expanding(q_nope, q_rope, latent, rope_key, kv_b, o)
