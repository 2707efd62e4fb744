"""A loop that no interrupt ends.

others: right
loses: gate-hidden, gate-gradient, expert-hidden, batches-hidden, twice-visible, word-visible, counts-visible
flag: ended
seconds: 2
"""

# %% gate
import time

while True:
    try:
        while True:
            time.sleep(0.01)
    except BaseException:
        pass
