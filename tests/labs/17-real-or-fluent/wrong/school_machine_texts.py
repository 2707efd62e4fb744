"""The machine's texts are counted.

loses: school-visible, school-hidden
message: the machine's texts were taken
"""


# %% school
def accused_innocently(pupils, texts, base, false):
    return pupils * texts * base * false


def right_if_accused(base, hit, false):
    return base * hit / (base * hit + (1 - base) * false)


def ever_accused(texts, false):
    return 1 - (1 - false) ** texts
