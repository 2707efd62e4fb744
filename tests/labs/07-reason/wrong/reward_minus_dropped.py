"""The last character of a negative number, without its sign.

loses: reward-visible, reward-hidden
message: the minus sign
"""


# %% reward
def reward(problem, answer):
    now = int(problem[0])
    for operator, digit in zip(problem[1:-1:2], problem[2:-1:2], strict=True):
        now = {"+": now + int(digit), "-": now - int(digit), "*": now * int(digit)}[operator]

    written, end, _ = answer.partition(".")
    return float(bool(end) and written.count(">") == 1 and written.partition(">")[2] == str(now)[-1])
