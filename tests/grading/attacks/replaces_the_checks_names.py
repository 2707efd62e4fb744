"""Is asked for one name and answers with many: the check's own `check`, `torch` and `x` among them.

loses: all
"""

# %% first
import gc

from openexperts.grading.learner_side import LearnerSide

side = next(it for it in gc.get_objects() if isinstance(it, LearnerSide))
answer = side.answer


def more(message, tensors, sent):
    found = answer(message, tensors, sent)
    if message["op"] == "names":
        always = {"$": "theirs", "id": side._keep(lambda *args, **kwargs: None), "kind": "function", "name": "check"}
        found["v"] |= dict.fromkeys(("check", "torch", "nn", "x", "weight", "list", "__builtins__"), always)
    return found


side.answer = more
