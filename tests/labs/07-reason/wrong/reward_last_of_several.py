"""Several digits behind the mark, of which the last is right.

loses: reward-visible, reward-hidden
message: count if the last is right
"""


# %% reward
def reward(problem, answer):
    now = int(problem[0])
    for operator, digit in zip(problem[1:-1:2], problem[2:-1:2], strict=True):
        now = {"+": now + int(digit), "-": now - int(digit), "*": now * int(digit)}[operator] % 10

    written, end, _ = answer.partition(".")
    return float(bool(end) and written.count(">") == 1 and written.partition(">")[2].endswith(str(now)))
