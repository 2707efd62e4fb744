"""Helpers of the learner with names that the checks use too, and earlier answers called by their own names."""


# %% balance-loss
def reference(share, mask):
    return (share * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)


def expected(indices, n_experts):
    return F.one_hot(indices, n_experts).float().mean(2) * n_experts


def balance_loss(scores, indices, mask, alpha):
    f = reference(expected(indices, scores.shape[-1]), mask)
    P = reference(scores / scores.sum(-1, keepdim=True), mask)
    return (f * P).sum(-1).mean() * alpha


# %% training-loss
each = 1.0


def training_loss(logits, targets, mask, scores, indices, alpha):
    words = F.cross_entropy(logits[mask], targets[mask], reduction="sum") / mask.sum()
    total = words
    for n in range(len(scores)):
        total = total + each * balance_loss(scores[n], indices[n], mask, alpha)
    return total


# %% balanced-run
def favourites_of(step, bias, k):
    return torch.topk(step + bias, k)[1]


def balanced_run(scores, top_k, speed):
    mask = torch.ones(scores.shape[1], dtype=torch.bool)
    bias, table, loads = torch.zeros(1, scores.shape[2]), torch.zeros_like(scores), []
    for n, step in enumerate(scores):
        indices = favourites_of(step, bias, top_k)
        table[n] = F.normalize(torch.zeros_like(step).scatter(1, indices, step.gather(1, indices)), p=1, dim=1)
        loads += [count_load(indices, scores.shape[2], mask)]
        bias = update_bias(bias, loads[n][None, None], speed)
    return table, torch.stack(loads)
