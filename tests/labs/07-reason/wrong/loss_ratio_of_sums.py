"""One quotient of sums for the batch in place of a mean of means.

loses: grpo-loss-visible grpo-loss-hidden
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    advantage = advantages.detach()[:, None]
    gain = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return -(gain * mask).sum(1).mean() / mask.sum(1).float().mean()
