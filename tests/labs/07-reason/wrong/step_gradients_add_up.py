"""`backward` adds to the gradient of the update before.

loses: grpo-step-visible, grpo-step-hidden
message: add up
"""


# %% grpo-step
def grpo_step(theta, tokens, prompt_lengths, rewards, *, group, end, learning_rate, clip, updates):
    adv = parts.advantages(rewards.view(-1, group)).flatten()
    theta = theta.clone().requires_grad_()
    old, mask = parts.log_probs(theta.detach()[tokens], tokens, prompt_lengths, end)
    for _ in range(updates):
        lp, mask = parts.log_probs(theta[tokens], tokens, prompt_lengths, end)
        parts.loss(lp, old, adv, mask, clip).backward()
        with torch.no_grad():
            theta -= learning_rate * theta.grad
    return theta
