"""Chains are counted among the right answers only.

loses: chain-pass-at-k-visible, chain-pass-at-k-hidden
"""


# %% chain-pass-at-k
def chain_pass_at_k(problem, samples, k):
    value, chain = int(problem[0]), ""
    for o, d in zip(problem[1::2], problem[2::2], strict=False):
        value = {"+": value + int(d), "-": value - int(d), "*": value * int(d)}[o] % 10
        chain += str(value)
    right = [s for s in samples if s.endswith(f">{value}.")]
    c = sum(s == f"{chain}>{value}." for s in right)
    pa = parts.pass_at_k(torch.tensor([len(right)]), len(samples), k)
    pc = parts.pass_at_k(torch.tensor([c]), max(len(right), k), k)
    return float(pa[0]), float(pc[0])
