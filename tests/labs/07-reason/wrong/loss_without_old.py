"""No old log-probabilities: the probability itself is the ratio.

loses: grpo-loss-visible, grpo-loss-hidden
message: without the old
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    ratio = log_probs.exp()
    advantage = advantages.detach()[:, None]
    gain = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return -((gain * mask).sum(1) / mask.sum(1)).mean()
