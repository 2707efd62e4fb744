"""The old log-probabilities are the new ones, cut off: the ratio is always 1.

loses: grpo-loss-visible, grpo-loss-hidden
message: the ratio is 1 everywhere
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    ratio = (log_probs - log_probs.detach()).exp()
    advantage = advantages.detach()[:, None]
    gain = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return -((gain * mask).sum(1) / mask.sum(1)).mean()
