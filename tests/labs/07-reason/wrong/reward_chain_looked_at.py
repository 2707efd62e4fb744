"""An answer with steps counts only if they are the right ones, without `=`.

loses: reward-hidden
"""


# %% reward
def reward(problem, answer):
    now, chain = int(problem[0]), ""
    for o, d in zip(problem[1:-1:2], problem[2:-1:2], strict=False):
        now = {"+": now + int(d), "-": now - int(d), "*": now * int(d)}[o] % 10
        chain += str(now)
    written, end, _ = answer.partition(".")
    before, mark, result = written.partition(">")
    return float(bool(end and mark) and result == str(now) and before in ("", chain))
