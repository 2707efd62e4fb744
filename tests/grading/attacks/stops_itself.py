"""Stops its own process in the middle of a check, so that it neither answers nor ends.

others: right
loses: gate-hidden, gate-gradient, expert-hidden, batches-hidden, twice-visible, word-visible, counts-visible
flag: ended
seconds: 2
"""

# %% gate
import os
import signal


def gate(x, weight):
    os.kill(os.getpid(), signal.SIGSTOP)
