"""The advantages are compared once more, over the batch.

loses: grpo-loss-visible, grpo-loss-hidden
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    r = (log_probs - old_log_probs.detach()).exp()
    a = advantages.detach()
    a = ((a - a.mean()) / (a.std(correction=0) + 1e-6))[:, None]
    g = torch.minimum(r * a, r.clamp(1 - clip, 1 + clip) * a)
    return -((g * mask).sum(1) / mask.sum(1)).mean()
