"""A tenth for the right form.

loses: reward-visible, reward-hidden
"""


# %% reward
def reward(problem, answer):
    now = int(problem[0])
    for o, d in zip(problem[1:-1:2], problem[2:-1:2], strict=False):
        now = {"+": now + int(d), "-": now - int(d), "*": now * int(d)}[o] % 10
    w, e, _ = answer.partition(".")
    c, m, r = w.partition(">")
    good = bool(e and m) and len(r) == 1
    return float(good) * (0.1 + 0.9 * (r == str(now)))
