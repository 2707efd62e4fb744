"""The clip changes the numbers behind PyTorch's back: the slope does not end.

loses: grpo-loss-visible, grpo-loss-hidden
message: the clip ended the gain, but not the slope
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    ratio = (log_probs - old_log_probs.detach()).exp()
    advantage = advantages.detach()[:, None]
    gain = ratio * advantage
    lowest = torch.minimum(gain, ratio.clamp(1 - clip, 1 + clip) * advantage)
    gain = gain + (lowest - gain).detach()
    return -((gain * mask).sum(1) / mask.sum(1)).mean()
