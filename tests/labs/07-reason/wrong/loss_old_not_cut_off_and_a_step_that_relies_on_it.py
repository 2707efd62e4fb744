"""The loss lets a gradient through to what is old, and the step, which is right, leaves the cutting off to the loss.

loses: grpo-loss-visible, grpo-loss-hidden
message: it is not cut off
"""


# %% grpo-loss
def grpo_loss(log_probs, old_log_probs, advantages, mask, clip):
    r = (log_probs - old_log_probs).exp()
    a = advantages[:, None]
    g = torch.min(r * a, torch.clamp(r, 1 - clip, 1 + clip) * a)
    return -((g * mask).sum(1) / mask.sum(1)).mean()


# %% grpo-step
def grpo_step(theta, tokens, prompt_lengths, rewards, *, group, end, learning_rate, clip, updates):
    adv = parts.advantages(rewards.view(-1, group)).flatten()
    theta = theta.clone().requires_grad_()
    old, mask = parts.log_probs(theta[tokens], tokens, prompt_lengths, end)
    for _ in range(updates):
        lp, mask = parts.log_probs(theta[tokens], tokens, prompt_lengths, end)
        loss = parts.loss(lp, old, adv, mask, clip)
        (g,) = torch.autograd.grad(loss, theta, retain_graph=True)
        theta = (theta - learning_rate * g).detach().requires_grad_()
    return theta
