"""The loss of bad answers is bounded at three times the advantage (dual clip), which is not asked for.

loses: grpo-loss-hidden
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    advantage = advantages.detach()[:, None]
    gain = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    gain = torch.where(advantage < 0, torch.maximum(gain, 3 * advantage), gain)
    return -((gain * mask).sum(1) / mask.sum(1)).mean()
