"""A gradient reaches the advantages.

loses: grpo-loss-visible, grpo-loss-hidden
message: it is not cut off
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    advantage = advantages[:, None]
    gain = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return -((gain * mask).sum(1) / mask.sum(1)).mean()
