"""Logarithms from the first step on, NaN put away behind it, in place, sums by einsum, double precision."""


# %% soften
def soften(logits, temperature):
    scaled = logits.double() / temperature
    return (scaled - scaled.logsumexp(-1, keepdim=True)).exp_()


# %% trim
def trim(kept, ids, probabilities):
    order = torch.full((probabilities.size(1),), 0)
    order.index_put_((kept,), torch.arange(len(kept)).add_(1))
    small = probabilities.new_zeros(len(probabilities), len(kept) + 1)
    small.scatter_add_(1, order.expand_as(probabilities), probabilities)
    return order.take(ids), small


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    log_p = F.log_softmax(teacher_logits.data.div_(temperature), -1)
    log_q = F.log_softmax(student_logits / temperature, -1)
    each = torch.nan_to_num(log_p.exp() * (log_p - log_q), nan=0.0)
    return each.sum() / each[..., 0].numel() * temperature * temperature


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    rows = torch.arange(len(top_ids))[:, None]
    surprise = student_logits.logsumexp(1, keepdim=True) - student_logits[rows, top_ids]
    return torch.einsum("tk,tk->", surprise, top_shares) / len(top_ids)


# %% mixed-loss
def mixed_loss(logits, ids, written, top_ids, top_shares, alpha):
    row, place = written[:, 1:].nonzero(as_tuple=True)
    said = logits[row, place]
    labels = -torch.distributions.Categorical(logits=said).log_prob(ids[row, place + 1]).mean()
    return torch.lerp(labels, parts.top_k(said, top_ids[row, place + 1], top_shares[row, place + 1]), alpha)
