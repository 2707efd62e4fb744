"""A histogram, sums by matrices, in place where it can be, NumPy and double precision where there is no gradient."""


# %% count-load
def count_load(indices, n_experts, mask):
    return torch.histc(indices[mask].double(), bins=n_experts, min=0, max=n_experts)


# %% imbalance
def imbalance(load):
    table = load.numpy().astype("float64")
    return table.max(axis=1) / table.mean(axis=1) - 1, (table < 0.5).sum(axis=1)


# %% balance-loss
def balance_loss(scores, indices, mask, alpha):
    real = mask.to(scores.dtype)
    with torch.no_grad():
        goes = torch.zeros_like(scores).scatter_(-1, indices, 1.0)
        f = torch.einsum("bte,bt->be", goes, real) * (scores.size(-1) / indices.size(-1))
    scores /= scores.sum(-1, keepdim=True)
    p = torch.einsum("bte,bt->be", scores, real)
    return alpha * torch.einsum("be,be,b->", f, p, real.sum(1) ** -2) / len(scores)


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    log_p = logits.double().log_softmax(-1)
    words = torch.where(mask, -log_p.gather(-1, targets.unsqueeze(-1)).squeeze(-1), 0)
    each = [parts.balance(s, i, mask, alpha) for s, i in zip(scores, indices, strict=True)]
    return words.sum() / mask.sum() + sum(each)


# %% update-bias
def update_bias(bias, loads, speed):
    busy = loads.double().mean(0)
    busy -= busy.mean(-1, keepdim=True)
    return bias.detach().numpy() - speed * busy.sign().numpy()


# %% balanced-run
def balanced_run(scores, top_k, speed):
    steps, n_tokens, n_experts = scores.shape
    bias = scores.new_zeros(1, n_experts)
    loads = torch.zeros(steps, n_experts, dtype=torch.int64)
    for number in range(steps):
        order = (scores[number] + bias).argsort(-1, descending=True)
        scores[number].scatter_(1, order[:, top_k:], 0.0)
        scores[number] /= scores[number].sum(-1, keepdim=True)
        loads[number] = parts.count(order[:, :top_k], n_experts, torch.ones(n_tokens).bool())
        bias = parts.update(bias, loads[number].view(1, 1, -1), speed)
    return scores, loads
