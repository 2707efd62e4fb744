"""Latent and rotary key are normed together, before the cut.

loses: project-visible, project-hidden
message: latent and rotary key were normed together; cut first
message: norm the latent alone, with its weight
"""


# %% project
def project(hidden, positions, w, n_heads, rope_dim, theta):
    def norm(x, weight):
        return F.rms_norm(x, weight.shape, weight, eps=1e-6)

    if "q_a_proj.weight" in w:
        narrow = norm(F.linear(hidden, w["q_a_proj.weight"]), w["q_a_layernorm.weight"])
        queries = F.linear(narrow, w["q_b_proj.weight"])
    else:
        queries = F.linear(hidden, w["q_proj.weight"])
    queries = queries.unflatten(-1, (n_heads, -1)).transpose(0, 1)
    q_nope, q_rope = queries[..., :-rope_dim], queries[..., -rope_dim:]
    kept = F.linear(hidden, w["kv_a_proj_with_mqa.weight"])
    kept = F.rms_norm(kept, kept.shape[1:], eps=1e-6)
    latent = kept[:, :-rope_dim] * w["kv_a_layernorm.weight"]
    return q_nope, parts.turn(q_rope, positions, theta), latent, parts.turn(kept[:, -rope_dim:], positions, theta)
