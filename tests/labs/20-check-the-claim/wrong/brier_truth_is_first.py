"""The first four statuses only: the last one is forgotten in the outcome.

loses: brier-visible, brier-hidden
"""


# %% brier
def brier(chosen, confidence, truth):
    rest = (1 - confidence) / 4
    forecast = rest[:, None].repeat(1, 5)
    forecast[torch.arange(len(chosen)), chosen] = confidence
    outcome = torch.nn.functional.one_hot(truth, 5)
    return ((forecast - outcome)[:, :4] ** 2).sum(1)
