"""The scores go through a sigmoid once more.

loses: balanced-run-visible balanced-run-hidden
"""


# %% balanced-run
def balanced_run(scores, top_k, speed):
    n_tokens, n_experts = scores.shape[1:]
    bias = torch.zeros(1, n_experts)
    everyone = torch.ones(n_tokens, dtype=torch.bool)
    tables, loads = [], []
    for step in scores:
        indices = (step + bias).topk(top_k).indices
        chosen = step.sigmoid().gather(1, indices)
        tables.append(torch.zeros_like(step).scatter(1, indices, chosen / chosen.sum(1, keepdim=True)))
        loads.append(parts.count(indices, n_experts, everyone))
        bias = parts.update(bias, loads[-1][None, None], speed)
    return torch.stack(tables), torch.stack(loads)
