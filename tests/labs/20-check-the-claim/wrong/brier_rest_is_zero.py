"""The rest of the 100 % is lost.

loses: brier-visible, brier-hidden
message: the rest was not spread
"""


# %% brier
def brier(chosen, confidence, truth):
    rest = torch.zeros_like(confidence)
    forecast = rest[:, None].repeat(1, 5)
    forecast[torch.arange(len(chosen)), chosen] = confidence
    outcome = torch.nn.functional.one_hot(truth, 5)
    return ((forecast - outcome) ** 2).sum(1)
