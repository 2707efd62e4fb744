"""Answers a check with bytes that are no message.

loses: all
flag: protocol
"""

# %% first
import gc

from openexperts.grading.learner_side import LearnerSide

side = next(it for it in gc.get_objects() if isinstance(it, LearnerSide))
side.channel.connection.sendall(b"\0" * 5000)
