"""A column of counts divides a row of sums.

loses: grpo-loss-visible, grpo-loss-hidden
message: only by its own
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    r = (log_probs - old_log_probs.detach()).exp()
    a = advantages.detach().unsqueeze(1)
    g = torch.min(r * a, torch.clamp(r, 1 - clip, 1 + clip) * a)
    return -((g * mask).sum(1) / mask.sum(1, keepdim=True)).mean()
