"""One mean for all claims.

loses: brier-visible, brier-hidden
message: one number for all claims
"""


# %% brier
def brier(chosen, confidence, truth):
    rest = (1 - confidence) / 4
    forecast = rest[:, None].repeat(1, 5)
    forecast[torch.arange(len(chosen)), chosen] = confidence
    outcome = torch.nn.functional.one_hot(truth, 5)
    return ((forecast - outcome) ** 2).sum(1).mean()
