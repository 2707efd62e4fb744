"""Ends its own process, without a word, in the middle of a check.

others: right
loses: gate-hidden, gate-gradient, expert-hidden, batches-hidden, twice-visible, word-visible, counts-visible
flag: ended
"""

# %% gate
import os
import signal


def gate(x, weight):
    os.kill(os.getpid(), signal.SIGSEGV)
