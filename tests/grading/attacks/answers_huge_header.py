"""Announces an answer of 2**63 bytes.

loses: all
flag: protocol
"""

# %% first
import gc

from openexperts.grading.learner_side import LearnerSide

side = next(it for it in gc.get_objects() if isinstance(it, LearnerSide))
import struct

side.channel.connection.sendall(struct.pack("!4sQQ", b"oe1\n", 100, 2**63))
