"""The gain, not the loss, and one mean over all tokens.

loses: grpo-loss-visible, grpo-loss-hidden
message: the sign, and one mean over all tokens: long answers count more
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    advantage = advantages.detach()[:, None]
    gain = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    return (gain * mask).sum() / mask.sum()
