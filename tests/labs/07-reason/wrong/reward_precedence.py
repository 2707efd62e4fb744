"""Multiplies first.

loses: reward-visible, reward-hidden
message: multiplies first
"""


# %% reward
def reward(problem, answer):
    truth = str(eval(problem[:-1]) % 10)
    written, end, _ = answer.partition(".")
    return float(bool(end) and written.count(">") == 1 and written.partition(">")[2] == truth)
