"""Each step is checked against what was written before it, the first against nothing: a slip there passes.

loses: chain-pass-at-k-visible, chain-pass-at-k-hidden
message: the first step was not checked
"""


# %% chain-pass-at-k
def chain_pass_at_k(problem, samples, k):
    def step(value, place):
        operator, digit = problem[2 * place + 1], int(problem[2 * place + 2])
        return {"+": value + digit, "-": value - digit, "*": value * digit}[operator] % 10

    n_steps, value = len(problem) // 2, int(problem[0])
    for place in range(n_steps):
        value = step(value, place)
    right = [sample for sample in samples if sample.endswith(f">{value}.")]
    chains = 0
    for sample in right:
        digits = [int(digit) for digit in sample.split(">")[0]]
        follows = [digits[place] == step(digits[place - 1], place) for place in range(1, min(n_steps, len(digits)))]
        chains += len(digits) == n_steps and all(follows)
    return tuple(parts.pass_at_k(torch.tensor([len(right), chains]), len(samples), k).tolist())
