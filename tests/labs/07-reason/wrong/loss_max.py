"""The larger of the two, not the smaller.

loses: grpo-loss-visible, grpo-loss-hidden
message: max in place of min
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    advantage = advantages.detach()[:, None]
    gain = torch.maximum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return -((gain * mask).sum(1) / mask.sum(1)).mean()
