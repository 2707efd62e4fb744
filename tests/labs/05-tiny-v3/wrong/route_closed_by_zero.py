"""Closed experts get a 0, which wins against negative scores.

loses: route-visible, route-hidden
message: only minus infinity loses to all
"""


# %% route
def route(tokens, weights, config):
    scores = F.linear(tokens, weights["weight"]).sigmoid()
    groups = (scores + weights["e_score_correction_bias"]).unflatten(1, (config.n_group, -1))
    best = groups.topk(2, dim=-1).values.sum(-1).topk(config.topk_group).indices
    closed = torch.ones(groups.shape[:2], dtype=torch.bool).scatter(1, best, False)
    wanted = groups.masked_fill(closed[..., None], 0.0).flatten(1)
    indices = wanted.topk(config.num_experts_per_tok).indices
    chosen = scores.gather(1, indices)
    return config.routed_scaling_factor * chosen / chosen.sum(-1, keepdim=True), indices
