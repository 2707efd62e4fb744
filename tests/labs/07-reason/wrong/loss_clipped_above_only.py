"""Clipped above only.

loses: grpo-loss-visible, grpo-loss-hidden
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    r = (log_probs - old_log_probs.detach()).exp()
    a = advantages.detach()[:, None]
    g = torch.minimum(r * a, r.clamp(max=1 + clip) * a)
    return -((g * mask).sum(1) / mask.sum(1)).mean()
