"""The share that is found is taken for the share that is right.

loses: school-visible, school-hidden
message: this is the share that is found
"""


# %% school
def accused_innocently(pupils, texts, base, false):
    return pupils * texts * (1 - base) * false


def right_if_accused(base, hit, false):
    return hit


def ever_accused(texts, false):
    return 1 - (1 - false) ** texts
