"""One ratio for the whole answer.

loses: grpo-loss-visible, grpo-loss-hidden
message: one ratio for the whole answer
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    ratio = ((log_probs - old_log_probs.detach()) * mask).sum(1).exp()
    advantage = advantages.detach()
    return -torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage).mean()
