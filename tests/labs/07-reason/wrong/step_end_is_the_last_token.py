"""The end is taken for the last token of the vocabulary.

loses: grpo-step-hidden
"""


# %% grpo-step
def grpo_step(theta, tokens, prompt_lengths, rewards, *, group, end, learning_rate, clip, updates):
    end = len(theta) - 1
    adv = parts.advantages(rewards.view(-1, group)).flatten()
    old, mask = parts.log_probs(theta[tokens], tokens, prompt_lengths, end)
    old = old.detach()
    for _ in range(updates):
        theta = theta.detach().requires_grad_()
        lp, _ = parts.log_probs(theta[tokens], tokens, prompt_lengths, end)
        (g,) = torch.autograd.grad(parts.loss(lp, old, adv, mask, clip), theta)
        theta = theta - learning_rate * g
    return theta.detach()
