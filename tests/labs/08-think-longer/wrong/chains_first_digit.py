"""The first digit behind the first `>` counts.

loses: chain-pass-at-k-hidden
"""


# %% chain-pass-at-k
def chain_pass_at_k(problem, samples, k):
    value, chain = int(problem[0]), ""
    for o, d in zip(problem[1::2], problem[2::2], strict=False):
        value = {"+": value + int(d), "-": value - int(d), "*": value * int(d)}[o] % 10
        chain += str(value)
    a = c = 0
    for s in samples:
        if ">" not in s:
            continue
        before, after = s.split(">")[:2]
        if after[:1] == str(value):
            a += 1
            c += before == chain
    return tuple(parts.pass_at_k(torch.tensor([a, c]), len(samples), k))
