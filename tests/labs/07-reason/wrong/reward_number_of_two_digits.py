"""Read as a number: `>09.` is taken for `>9.`.

loses: reward-hidden
"""


# %% reward
def reward(problem, answer):
    now = int(problem[0])
    for o, d in zip(problem[1:-1:2], problem[2:-1:2], strict=True):
        now = eval(f"{now}{o}{d}") % 10
    if "." not in answer:
        return 0.0
    parts = answer.split(".")[0].split(">")
    try:
        return float(len(parts) == 2 and int(parts[1]) == now)
    except ValueError:
        return 0.0
