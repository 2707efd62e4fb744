"""Nothing but digits may stand before the `>`.

loses: reward-hidden
"""

# %% reward
import re


def reward(problem, answer):
    now = int(problem[0])
    for o, d in zip(problem[1:-1:2], problem[2:-1:2], strict=False):
        now = {"+": now + int(d), "-": now - int(d), "*": now * int(d)}[o] % 10
    m = re.match(r"\d*>(\d)\.", answer)
    return float(bool(m) and m[1] == str(now))
