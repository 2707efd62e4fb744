"""A Python number, from which nothing can be learned; the hidden check says so, too.

loses: grpo-loss-visible, grpo-loss-hidden
message: the slope, 5 answers
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    ratio = (log_probs - old_log_probs).exp()
    gain = torch.minimum(ratio * advantages[:, None], ratio.clamp(1 - clip, 1 + clip) * advantages[:, None])
    return -((gain * mask).sum(1) / mask.sum(1)).mean().item()
