"""Divided by the sum over all tokens, not by each token's own.

loses: balanced-run-visible, balanced-run-hidden
message: divided by the sum of all tokens' scores
message: each row must sum to 1
"""


# %% balanced-run
def balanced_run(scores, top_k, speed):
    n_tokens, n_experts = scores.shape[1:]
    bias = torch.zeros(1, n_experts)
    everyone = torch.ones(n_tokens, dtype=torch.bool)
    tables, loads = [], []
    for step in scores:
        indices = (step + bias).topk(top_k).indices
        chosen = step.gather(1, indices)
        tables.append(torch.zeros_like(step).scatter(1, indices, chosen / chosen.sum()))
        loads.append(parts.count(indices, n_experts, everyone))
        bias = parts.update(bias, loads[-1][None, None], speed)
    return torch.stack(tables), torch.stack(loads)
