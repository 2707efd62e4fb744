"""The rest is spread over all five.

loses: brier-visible, brier-hidden
message: there are 4 other statuses
"""


# %% brier
def brier(chosen, confidence, truth):
    rest = (1 - confidence) / 5
    forecast = rest[:, None].repeat(1, 5)
    forecast[torch.arange(len(chosen)), chosen] = confidence
    outcome = torch.nn.functional.one_hot(truth, 5)
    return ((forecast - outcome) ** 2).sum(1)
