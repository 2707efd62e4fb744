"""Each update goes two steps.

loses: grpo-step-visible grpo-step-hidden
"""


# %% grpo-step
def grpo_step(theta, tokens, prompt_lengths, rewards, *, group, end, learning_rate, clip, updates):
    advantages = parts.advantages(rewards.view(-1, group)).flatten()
    old_log_probs, mask = parts.log_probs(theta[tokens], tokens, prompt_lengths, end)
    old_log_probs = old_log_probs.detach()
    for _ in range(updates):
        theta = theta.detach().requires_grad_()
        log_probs, _ = parts.log_probs(theta[tokens], tokens, prompt_lengths, end)
        loss = parts.loss(log_probs, old_log_probs, advantages, mask, clip)
        (gradient,) = torch.autograd.grad(loss, theta)
        theta = theta - learning_rate * gradient * 2
    return theta.detach()
