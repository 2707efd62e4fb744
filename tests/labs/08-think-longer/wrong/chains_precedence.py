"""Python's own rule: multiplication first.

loses: chain-pass-at-k-visible, chain-pass-at-k-hidden
message: `*` was done before `+`
"""


# %% chain-pass-at-k
def chain_pass_at_k(problem, samples, k):
    chain = "".join(str(eval(problem[:end]) % 10) for end in range(3, len(problem) + 1, 2))
    answers = sum(sample.endswith(f">{chain[-1]}.") for sample in samples)
    chains = sum(sample == f"{chain}>{chain[-1]}." for sample in samples)
    return tuple(parts.pass_at_k(torch.tensor([answers, chains]), len(samples), k).tolist())
