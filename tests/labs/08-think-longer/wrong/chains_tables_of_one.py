"""pass_at_k's tables with one number each are returned as they are.

loses: chain-pass-at-k-visible, chain-pass-at-k-hidden
message: `by_answer` of one problem: expected one number, yours gave a table of shape [1]
message: take the number out of it
"""


# %% chain-pass-at-k
def chain_pass_at_k(problem, samples, k):
    value, chain = int(problem[0]), ""
    for operator, digit in zip(problem[1::2], map(int, problem[2::2]), strict=True):
        value = {"+": value + digit, "-": value - digit, "*": value * digit}[operator] % 10
        chain += str(value)
    answers = sum(sample.endswith(f">{value}.") for sample in samples)
    chains = sum(sample == f"{chain}>{value}." for sample in samples)
    by_answer, by_chain = (parts.pass_at_k(torch.tensor([count]), len(samples), k) for count in (answers, chains))
    return by_answer, by_chain
