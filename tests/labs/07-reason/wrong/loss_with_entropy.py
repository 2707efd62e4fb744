"""A small bonus on top, as other recipes have it.

loses: grpo-loss-visible grpo-loss-hidden
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    advantage = advantages.detach()[:, None]
    gain = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return -((gain * mask).sum(1) / mask.sum(1)).mean() + 0.01 * (log_probs * mask).mean()
