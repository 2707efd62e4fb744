"""The base rate and the rest changed places.

loses: school-visible, school-hidden
message: changed places
"""


# %% school
def accused_innocently(pupils, texts, base, false):
    return pupils * texts * (1 - base) * false


def right_if_accused(base, hit, false):
    return (1 - base) * hit / ((1 - base) * hit + base * false)


def ever_accused(texts, false):
    return 1 - (1 - false) ** texts
