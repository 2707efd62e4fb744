"""The last character is looked at, and an empty text has none.

loses: chain-pass-at-k-visible, chain-pass-at-k-hidden
message: IndexError
"""


# %% chain-pass-at-k
def chain_pass_at_k(problem, samples, k):
    value, chain = int(problem[0]), ""
    for operator, digit in zip(problem[1::2], map(int, problem[2::2]), strict=True):
        value = {"+": value + digit, "-": value - digit, "*": value * digit}[operator] % 10
        chain += str(value)
    answers = sum(sample[-1] == "." and sample[-3:-1] == f">{value}" for sample in samples)
    chains = sum(sample == f"{chain}>{value}." for sample in samples)
    return tuple(parts.pass_at_k(torch.tensor([answers, chains]), len(samples), k).tolist())
