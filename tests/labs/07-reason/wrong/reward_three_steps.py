"""Only the first three operators are worked out.

loses: reward-hidden
"""


# %% reward
def reward(problem, answer):
    now = int(problem[0])
    for o, d in list(zip(problem[1:-1:2], problem[2:-1:2], strict=False))[:3]:
        now = {"+": now + int(d), "-": now - int(d), "*": now * int(d)}[o] % 10
    written, end, _ = answer.partition(".")
    chain, mark, result = written.partition(">")
    return float(bool(end and mark) and result == str(now))
