"""The right number, as a fresh tensor that nothing can be learned from.

loses: grpo-loss-visible, grpo-loss-hidden
message: the loss is cut off from `log_probs`
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    ratio = (log_probs - old_log_probs).exp()
    gain = torch.minimum(ratio * advantages[:, None], ratio.clamp(1 - clip, 1 + clip) * advantages[:, None])
    return torch.tensor(-((gain * mask).sum(1) / mask.sum(1)).mean().item())
