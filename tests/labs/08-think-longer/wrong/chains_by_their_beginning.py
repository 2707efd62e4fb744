"""A sample that begins with the right chain counts.

loses: chain-pass-at-k-visible chain-pass-at-k-hidden
"""


# %% chain-pass-at-k
def chain_pass_at_k(problem, samples, k):
    value, chain = int(problem[0]), ""
    for operator, digit in zip(problem[1::2], problem[2::2], strict=True):
        value = {"+": value + int(digit), "-": value - int(digit), "*": value * int(digit)}[operator] % 10
        chain += str(value)
    answers = sum(sample.endswith(f">{value}.") for sample in samples)
    chains = sum(sample.startswith(chain) for sample in samples)
    by_answer, by_chain = parts.pass_at_k(torch.tensor([answers, chains]), len(samples), k)
    return float(by_answer), float(by_chain)
