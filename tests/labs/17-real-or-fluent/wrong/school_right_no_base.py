"""The base rate is left out.

loses: school-visible, school-hidden
message: the base rate is missing: people
"""


# %% school
def accused_innocently(pupils, texts, base, false):
    return pupils * texts * (1 - base) * false


def right_if_accused(base, hit, false):
    return hit / (hit + false)


def ever_accused(texts, false):
    return 1 - (1 - false) ** texts
