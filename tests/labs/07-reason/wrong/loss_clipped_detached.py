"""The clipped ratio is cut off, so that where both sides of the min are equal half of the slope is lost.

loses: grpo-loss-visible, grpo-loss-hidden
message: half of the pull is lost
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    advantage = advantages.detach()[:, None]
    gain = torch.minimum(ratio * advantage, ratio.detach().clamp(1 - clip, 1 + clip) * advantage)
    return -((gain * mask).sum(1) / mask.sum(1)).mean()
