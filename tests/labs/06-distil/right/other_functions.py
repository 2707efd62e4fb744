"""Other functions of PyTorch: one-hot, scatter_add, masks in place of picking."""


# %% soften
def soften(logits, temperature):
    return torch.exp(torch.log_softmax(torch.div(logits, temperature), dim=-1))


# %% trim
def trim(kept, ids, probabilities):
    same = ids[:, None] == kept[None]
    new = torch.where(same.any(1), same.int().argmax(1) + 1, 0)
    place = torch.zeros(probabilities.shape[1], dtype=torch.int64)
    place[kept] = torch.arange(len(kept)) + 1
    small = torch.zeros(len(probabilities), len(kept) + 1, dtype=torch.float64)
    return new, small.index_add(1, place, probabilities.double())


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    with torch.no_grad():
        p = F.softmax(teacher_logits.double() / temperature, dim=-1)
    log_q = F.log_softmax(student_logits.double() / temperature, dim=-1)
    each = torch.xlogy(p, p).sum(-1) - torch.einsum("btv,btv->bt", p, log_q)
    return each.mean() * temperature**2


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    dense = torch.zeros_like(student_logits).scatter_add_(1, top_ids, top_shares)
    return F.cross_entropy(student_logits, dense)


# %% mixed-loss
def mixed_loss(logits, ids, written, top_ids, top_shares, alpha):
    vocabulary = logits.shape[-1]
    target = F.one_hot(ids, vocabulary).to(logits.dtype) * (1 - alpha)
    target = target.scatter_add(2, top_ids, alpha * top_shares)[:, 1:]
    each = F.cross_entropy(logits[:, :-1].transpose(1, 2), target.transpose(1, 2), reduction="none")
    mask = written[:, 1:].to(each.dtype)
    return (each * mask).sum() / mask.sum()
