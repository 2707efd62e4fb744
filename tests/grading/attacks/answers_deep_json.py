"""Answers with lists in lists, ten thousand deep, and then with something that is no object.

loses: all
flag: protocol
"""

# %% first
import gc

from openexperts.grading.learner_side import LearnerSide

side = next(it for it in gc.get_objects() if isinstance(it, LearnerSide))
import struct

text = b'{"n": 1, "v": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"
side.channel.connection.sendall(struct.pack("!4sQQ", b"oe1\n", len(text), 0) + text)
