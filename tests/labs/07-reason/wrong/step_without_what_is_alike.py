"""Texts whose advantage is 0 are left out, and the mean is one over fewer.

loses: grpo-step-visible, grpo-step-hidden
"""


# %% grpo-step
def grpo_step(theta, tokens, prompt_lengths, rewards, *, group, end, learning_rate, clip, updates):
    adv = parts.advantages(rewards.view(-1, group)).flatten()
    keep = adv != 0
    tokens, prompt_lengths, adv = tokens[keep], prompt_lengths[keep], adv[keep]
    old, mask = parts.log_probs(theta[tokens], tokens, prompt_lengths, end)
    old = old.detach()
    for _ in range(updates):
        theta = theta.detach().requires_grad_()
        lp, _ = parts.log_probs(theta[tokens], tokens, prompt_lengths, end)
        (g,) = torch.autograd.grad(parts.loss(lp, old, adv, mask, clip), theta)
        theta = theta - learning_rate * g
    return theta.detach()
