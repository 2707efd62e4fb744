"""Goes away in the middle of an answer.

loses: all
flag: protocol
"""

# %% first
import gc

from openexperts.grading.learner_side import LearnerSide

side = next(it for it in gc.get_objects() if isinstance(it, LearnerSide))
import struct


def serve(message, tensors):
    side.channel.connection.sendall(struct.pack("!4sQQ", b"oe1\n", 1000, 0) + b'{"n":')
    side.channel.connection.shutdown(2)


side.serve = serve
