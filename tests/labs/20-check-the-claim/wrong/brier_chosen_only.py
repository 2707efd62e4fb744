"""Only the chosen status counts: choosing nonsense with 0 % would be perfect.

loses: brier-visible, brier-hidden
message: only the chosen status was looked at
"""


# %% brier
def brier(chosen, confidence, truth):
    return (confidence - (chosen == truth).to(confidence.dtype)) ** 2
