"""The chance never to be accused.

loses: school-visible, school-hidden
message: never to be accused
"""


# %% school
def accused_innocently(pupils, texts, base, false):
    return pupils * texts * (1 - base) * false


def right_if_accused(base, hit, false):
    return base * hit / (base * hit + (1 - base) * false)


def ever_accused(texts, false):
    return (1 - false) ** texts
