"""Adam in place of plain gradient descent.

loses: grpo-step-visible, grpo-step-hidden
"""


# %% grpo-step
def grpo_step(theta, tokens, prompt_lengths, rewards, *, group, end, learning_rate, clip, updates):
    adv = parts.advantages(rewards.view(-1, group)).flatten()
    old, mask = parts.log_probs(theta[tokens], tokens, prompt_lengths, end)
    table = theta.clone().requires_grad_()
    opt = torch.optim.Adam([table], lr=learning_rate)
    for _ in range(updates):
        lp, _ = parts.log_probs(table[tokens], tokens, prompt_lengths, end)
        opt.zero_grad()
        parts.loss(lp, old.detach(), adv, mask, clip).backward()
        opt.step()
    return table.detach()
