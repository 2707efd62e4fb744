"""What stands behind the first end is read too.

loses: reward-visible, reward-hidden
message: you read on behind the first
"""


# %% reward
def reward(problem, answer):
    now = int(problem[0])
    for operator, digit in zip(problem[1:-1:2], problem[2:-1:2], strict=True):
        now = {"+": now + int(digit), "-": now - int(digit), "*": now * int(digit)}[operator] % 10

    return float(answer.count(">") == 1 and answer.endswith(f">{now}."))
