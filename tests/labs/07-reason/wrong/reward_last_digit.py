"""The last digit counts, without its mark.

loses: reward-visible, reward-hidden
message: the last digit counts, whether
"""


# %% reward
def reward(problem, answer):
    now = int(problem[0])
    for operator, digit in zip(problem[1:-1:2], problem[2:-1:2], strict=True):
        now = {"+": now + int(digit), "-": now - int(digit), "*": now * int(digit)}[operator] % 10

    written, end, _ = answer.partition(".")
    return float(bool(end) and written.endswith(str(now)))
