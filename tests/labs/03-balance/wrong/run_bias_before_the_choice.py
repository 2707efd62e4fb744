"""A step's own load moves the bias before its choice.

loses: balanced-run-visible, balanced-run-hidden
message: a step's own load moved the bias before its choice
"""


# %% balanced-run
def balanced_run(scores, top_k, speed):
    n_tokens, n_experts = scores.shape[1:]
    bias = torch.zeros(1, n_experts)
    everyone = torch.ones(n_tokens, dtype=torch.bool)
    tables, loads = [], []
    for step in scores:
        first = parts.count((step + bias).topk(top_k).indices, n_experts, everyone)
        bias = parts.update(bias, first[None, None], speed)
        indices = (step + bias).topk(top_k).indices
        chosen = step.gather(1, indices)
        tables.append(torch.zeros_like(step).scatter(1, indices, chosen / chosen.sum(1, keepdim=True)))
        loads.append(parts.count(indices, n_experts, everyone))
    return torch.stack(tables), torch.stack(loads)
