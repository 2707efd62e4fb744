"""All texts are taken for people's.

loses: school-visible, school-hidden
message: the base rate is missing
"""


# %% school
def accused_innocently(pupils, texts, base, false):
    return pupils * texts * false


def right_if_accused(base, hit, false):
    return base * hit / (base * hit + (1 - base) * false)


def ever_accused(texts, false):
    return 1 - (1 - false) ** texts
