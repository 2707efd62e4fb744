"""NumPy where no gradient is asked for, distributions of PyTorch, sums that skip NaN, double precision."""

# %% soften
import numpy as np


def soften(logits, temperature):
    powers = logits.numpy().astype(float) / temperature
    powers = np.exp(powers - powers.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


# %% trim
def trim(kept, ids, probabilities):
    new = {int(token): place for place, token in enumerate(kept, start=1)}
    table = probabilities.numpy()
    others = [token for token in range(table.shape[1]) if token not in new]
    return np.array([new.get(int(token), 0) for token in ids]), np.c_[table[:, others].sum(1), table[:, kept.numpy()]]


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    log_p = torch.log_softmax(teacher_logits.detach() / temperature, -1)
    log_q = torch.log_softmax(student_logits / temperature, -1)
    return temperature**2 * (log_p.exp() * (log_p - log_q)).nansum(-1).mean()


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    log_q = torch.take_along_dim(F.log_softmax(student_logits.double(), 1), top_ids, 1)
    return torch.einsum("tk,tk->t", top_shares.double(), log_q).mean().neg()


# %% mixed-loss
def mixed_loss(logits, ids, written, top_ids, top_shares, alpha):
    said = logits[:, :-1].flatten(0, 1)
    labels = ids.masked_fill(~written, -100)[:, 1:].reshape(-1)
    real = (labels != -100).nonzero()[:, 0]
    stored, shares = (table[:, 1:].flatten(0, 1)[real] for table in (top_ids, top_shares))
    return (1 - alpha) * F.cross_entropy(said, labels) + alpha * parts.top_k(said[real], stored, shares)
