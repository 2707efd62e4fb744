"""The sample's end is compared with the chain: what is written before its first step slips through.

loses: chain-pass-at-k-visible, chain-pass-at-k-hidden
message: a chain with something before its first step
"""


# %% chain-pass-at-k
def chain_pass_at_k(problem, samples, k):
    value, chain = int(problem[0]), ""
    for operator, digit in zip(problem[1::2], map(int, problem[2::2]), strict=True):
        value = {"+": value + digit, "-": value - digit, "*": value * digit}[operator] % 10
        chain += str(value)
    answers = sum(sample.endswith(f">{value}.") for sample in samples)
    chains = sum(sample.endswith(f"{chain}>{value}.") for sample in samples)
    return tuple(parts.pass_at_k(torch.tensor([answers, chains]), len(samples), k).tolist())
