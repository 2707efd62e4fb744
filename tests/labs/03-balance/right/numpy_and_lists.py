"""NumPy's functions, lists in place of tensors where no gradient is asked for, and scores divided in place.

message: the reference for now. What later parts need: expected a tensor of shape [6], yours gave a ndarray
message: the reference for now. What later parts need: expected a tensor of shape [1, 4], yours gave a list"""

# %% count-load
import numpy as np


def count_load(indices, n_experts, mask):
    return np.bincount(indices.numpy()[mask.numpy()].ravel(), minlength=n_experts)


# %% imbalance
def imbalance(load):
    load = load.numpy()
    return load.max(1) / load.mean(1) - 1, (load == 0).sum(1)


# %% update-bias
def update_bias(bias, loads, speed):
    """A list of lists, which has no gradient."""
    new = bias.tolist()
    for layer, row in enumerate(loads.sum(0).tolist()):
        mean = sum(row) / len(row)
        for e, load in enumerate(row):
            new[layer][e] += speed * ((load < mean) - (load > mean))
    return new


# %% balance-loss
def balance_loss(scores, indices, mask, alpha):
    n_experts, top_k = scores.shape[-1], indices.shape[-1]
    length = mask.sum(1, keepdim=True)
    chosen = F.one_hot(indices, n_experts).sum(2) * mask[..., None]
    f = chosen.sum(1) * n_experts / (top_k * length)
    scores /= scores.sum(-1, keepdim=True)
    return alpha * (f * (scores * mask[..., None]).sum(1) / length).sum(1).mean()
