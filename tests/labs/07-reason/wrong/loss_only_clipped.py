"""The clipped ratio alone.

loses: grpo-loss-visible, grpo-loss-hidden
message: clipped on both sides
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    advantage = advantages.detach()[:, None]
    gain = ratio.clamp(1 - clip, 1 + clip) * advantage
    return -((gain * mask).sum(1) / mask.sum(1)).mean()
