"""The narrow place of the queries has no norm.

loses: project-visible, project-hidden
message: the narrow queries were not normed
"""


# %% project
def project(hidden, positions, w, n_heads, rope_dim, theta):
    def norm(x, weight):
        return F.rms_norm(x, weight.shape, weight, eps=1e-6)

    if "q_a_proj.weight" in w:
        narrow = F.linear(hidden, w["q_a_proj.weight"])
        queries = F.linear(narrow, w["q_b_proj.weight"])
    else:
        queries = F.linear(hidden, w["q_proj.weight"])
    queries = queries.unflatten(-1, (n_heads, -1)).transpose(0, 1)
    q_nope, q_rope = queries[..., :-rope_dim], queries[..., -rope_dim:]
    kept = F.linear(hidden, w["kv_a_proj_with_mqa.weight"])
    latent = norm(kept[:, :-rope_dim], w["kv_a_layernorm.weight"])
    return q_nope, parts.turn(q_rope, positions, theta), latent, parts.turn(kept[:, -rope_dim:], positions, theta)
