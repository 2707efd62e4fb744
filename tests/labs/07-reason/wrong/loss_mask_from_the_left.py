"""The mask is taken for a number of tokens from the left.

loses: grpo-loss-visible, grpo-loss-hidden
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    r = (log_probs - old_log_probs.detach()).exp()
    a = advantages.detach()[:, None]
    n = mask.sum(1)
    m = torch.arange(mask.shape[1]) < n[:, None]
    g = torch.minimum(r * a, r.clamp(1 - clip, 1 + clip) * a)
    return -((g * m).sum(1) / n).mean()
