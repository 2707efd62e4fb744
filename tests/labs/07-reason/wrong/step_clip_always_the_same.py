"""The clip is always 0.2.

loses: grpo-step-hidden
"""


# %% grpo-step
def grpo_step(theta, tokens, prompt_lengths, rewards, *, group, end, learning_rate, clip, updates):
    adv = parts.advantages(rewards.view(-1, group)).flatten()
    old, mask = parts.log_probs(theta[tokens], tokens, prompt_lengths, end)
    old = old.detach()
    for _ in range(updates):
        theta = theta.detach().requires_grad_()
        lp, _ = parts.log_probs(theta[tokens], tokens, prompt_lengths, end)
        (g,) = torch.autograd.grad(parts.loss(lp, old, adv, mask, 0.2), theta)
        theta = theta - learning_rate * g
    return theta.detach()
