"""The digit is read by `int`, which stops where nothing is behind the mark.

loses: reward-visible, reward-hidden
message: stopped with ValueError: invalid literal for int() with base 10: '' (called with
"""


# %% reward
def reward(problem, answer):
    now = int(problem[0])
    for o, d in zip(problem[1:-1:2], problem[2:-1:2], strict=True):
        now = eval(f"{now}{o}{d}") % 10
    if "." not in answer:
        return 0.0
    parts = answer.split(".")[0].split(">")
    return float(len(parts) == 2 and int(parts[1]) == now)
