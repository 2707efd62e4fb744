"""The log-probability in place of the ratio.

loses: grpo-loss-visible, grpo-loss-hidden
message: in place of the ratio
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    "reinforce with the old probabilities nowhere"
    return -((log_probs * advantages.detach()[:, None] * mask).sum(1) / mask.sum(1)).mean()
