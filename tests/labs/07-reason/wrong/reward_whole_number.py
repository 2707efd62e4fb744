"""int() forgives a sign and zeros in front.

loses: reward-hidden
"""


# %% reward
def reward(problem, answer):
    now = int(problem[0])
    for operator, digit in zip(problem[1:-1:2], problem[2:-1:2], strict=True):
        now = {"+": now + int(digit), "-": now - int(digit), "*": now * int(digit)}[operator] % 10
    written, end, _ = answer.partition(".")
    chain, mark, result = written.partition(">")
    return float(bool(end and mark) and ">" not in result and result.lstrip("+").isdigit() and (int(result) == now))
