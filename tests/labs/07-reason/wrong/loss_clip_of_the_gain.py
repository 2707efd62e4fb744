"""The gain is clipped, not the ratio.

loses: grpo-loss-visible, grpo-loss-hidden
message: the ratio is clipped, not the product
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    advantage = advantages.detach()[:, None]
    gain = torch.minimum(ratio * advantage, (ratio * advantage).clamp(1 - clip, 1 + clip))
    return -((gain * mask).sum(1) / mask.sum(1)).mean()
