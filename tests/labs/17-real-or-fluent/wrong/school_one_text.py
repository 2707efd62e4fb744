"""One text a pupil.

loses: school-visible, school-hidden
message: one text a pupil
"""


# %% school
def accused_innocently(pupils, texts, base, false):
    return pupils * (1 - base) * false


def right_if_accused(base, hit, false):
    return base * hit / (base * hit + (1 - base) * false)


def ever_accused(texts, false):
    return 1 - (1 - false) ** texts
