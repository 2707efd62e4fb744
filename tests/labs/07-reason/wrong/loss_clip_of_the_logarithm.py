"""The logarithm of the ratio is clipped.

loses: grpo-loss-visible, grpo-loss-hidden
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    d = log_probs - old_log_probs.detach()
    a = advantages.detach()[:, None]
    g = torch.minimum(d.exp() * a, d.clamp(-clip, clip).exp() * a)
    return -((g * mask).sum(1) / mask.sum(1)).mean()
