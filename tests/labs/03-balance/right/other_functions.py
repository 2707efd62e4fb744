"""Other functions of PyTorch: masks in place of counts, torch.where, einsum, in-place updates."""


# %% count-load
def count_load(indices, n_experts, mask):
    return (indices[..., None] == torch.arange(n_experts)).logical_and(mask[:, None, None]).sum((0, 1)).float()


# %% imbalance
def imbalance(load):
    load = load.to(torch.float64)
    return load.amax(dim=-1) / load.mean(dim=-1) - 1, torch.sum(load < 0.5, dim=-1)


# %% balance-loss
def balance_loss(scores, indices, mask, alpha):
    real = mask.to(scores.dtype)
    length = real.sum(1)
    with torch.no_grad():
        chosen = torch.zeros_like(scores).scatter_(2, indices, 1.0)
        f = torch.einsum("bte,bt->be", chosen, real) * scores.size(2) / indices.size(2) / length[:, None]
    share = F.normalize(scores, p=1, dim=2)
    P = torch.einsum("bte,bt->be", share, real) / length[:, None]
    return alpha * torch.einsum("be,be->", f, P) / len(scores)


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    targets = torch.where(mask, targets, -1)
    words = F.cross_entropy(logits.transpose(1, 2), targets, ignore_index=-1)
    layers = [parts.balance(scores[n], indices[n], mask, alpha) for n in range(len(scores))]
    return torch.stack([words, *layers]).sum()


# %% update-bias
@torch.no_grad()
def update_bias(bias, loads, speed):
    total = loads.sum(dim=0)
    excess = total * total.shape[1] - total.sum(dim=1, keepdim=True)
    bias = bias.clone()
    bias[excess > 0] -= speed
    bias[excess < 0] += speed
    return bias


# %% balanced-run
def balanced_run(scores, top_k, speed):
    n_experts = scores.shape[2]
    bias = torch.zeros(n_experts)
    weights, loads = [], []
    for step in scores:
        order = (step + bias).argsort(dim=1, descending=True)
        inside = torch.zeros_like(step, dtype=torch.bool).scatter(1, order[:, :top_k], True)
        table = step * inside
        weights.append(table / table.sum(1, keepdim=True))
        load = parts.count(order[:, :top_k], n_experts, torch.ones(len(step), dtype=torch.bool))
        loads.append(load)
        bias = parts.update(bias.view(1, -1), load.view(1, 1, -1), speed).view(-1)
    return torch.stack(weights), torch.stack(loads)
