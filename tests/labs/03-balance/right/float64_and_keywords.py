"""Numbers of 64 bits, parts called by keyword, and a share of the load in place of the load."""


# %% count-load
def count_load(indices, n_experts, mask):
    return (F.one_hot(indices, n_experts) * mask[:, None, None]).sum((0, 1)).double()


# %% imbalance
def imbalance(load):
    load = load.double()
    return [float(row.max() / row.mean() - 1) for row in load], [int((row == 0).sum()) for row in load]


# %% balance-loss
def balance_loss(scores, indices, mask, alpha):
    scores = scores.double()
    n_experts, top_k = scores.shape[-1], indices.shape[-1]
    total = 0
    for s, i, m in zip(scores, indices, mask, strict=False):
        f = torch.bincount(i[m].flatten(), minlength=n_experts).double() * n_experts / top_k / m.sum()
        total = total + f @ (s[m] / s[m].sum(1, keepdim=True)).mean(0)
    return alpha * total / len(scores)


# %% training-loss
def training_loss(logits, targets, mask, scores, indices, alpha):
    words = F.nll_loss(logits.double().log_softmax(-1).flatten(0, 1), targets.flatten(), reduction="none")
    words = words[mask.flatten()].mean()
    return words + sum(
        parts.balance(scores=s, indices=i, mask=mask, alpha=alpha) for s, i in zip(scores, indices, strict=False)
    )


# %% update-bias
def update_bias(bias, loads, speed):
    load = loads.double().mean(0)
    return (
        torch.where(
            load > load.mean(1, keepdim=True),
            bias - speed,
            torch.where(load < load.mean(1, keepdim=True), bias + speed, bias),
        )
        .double()
        .detach()
    )


# %% balanced-run
def balanced_run(scores, top_k, speed):
    scores = scores.double()
    b = torch.zeros(1, scores.shape[2], dtype=torch.double)
    W, L = [], []
    for s in scores:
        i = torch.topk(s + b, top_k, dim=1, sorted=False)[1]
        hot = F.one_hot(i, s.shape[1]).sum(1)
        w = s * hot
        W.append(w / w.sum(1, keepdim=True))
        L.append(parts.count(indices=i, n_experts=s.shape[1], mask=torch.full((len(s),), True)))
        b = parts.update(bias=b, loads=L[-1].reshape(1, 1, -1).long(), speed=speed)
    return torch.stack(W), torch.stack(L)
