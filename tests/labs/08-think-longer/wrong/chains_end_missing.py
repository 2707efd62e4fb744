"""An answer that was cut off before its `.` counts.

loses: chain-pass-at-k-hidden
"""


# %% chain-pass-at-k
def chain_pass_at_k(problem, samples, k):
    value, chain = int(problem[0]), ""
    for o, d in zip(problem[1::2], problem[2::2], strict=False):
        value = {"+": value + int(d), "-": value - int(d), "*": value * int(d)}[o] % 10
        chain += str(value)
    a = sum(s.rstrip(".").endswith(f">{value}") for s in samples)
    c = sum(s.rstrip(".") == f"{chain}>{value}" for s in samples)
    return tuple(parts.pass_at_k(torch.tensor([a, c]), len(samples), k))
