"""Rates are added.

loses: school-visible, school-hidden
message: rates were added
"""


# %% school
def accused_innocently(pupils, texts, base, false):
    return pupils * texts * (1 - base) * false


def right_if_accused(base, hit, false):
    return base * hit / (base * hit + (1 - base) * false)


def ever_accused(texts, false):
    return texts * false
