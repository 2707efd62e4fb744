"""A loop that no interrupt ends.

others: right
loses: gate-hidden, gate-gradient, expert-hidden, batches-hidden, twice-visible, word-visible, counts-visible
flag: ended
seconds: 2
"""

# %% gate
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
