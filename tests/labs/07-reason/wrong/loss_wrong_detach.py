"""The new log-probabilities are cut off, in place of the old ones.

loses: grpo-loss-visible, grpo-loss-hidden
message: no gradient comes through
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    ratio = (log_probs.detach() - old_log_probs).exp()
    advantage = advantages.detach()[:, None]
    gain = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return -((gain * mask).sum(1) / mask.sum(1)).mean()
