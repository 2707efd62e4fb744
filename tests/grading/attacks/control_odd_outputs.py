"""Tells the supervisor of outputs that no notebook can hold: wrong types, half characters, lists in lists.

loses: all
"""

# %% first
import gc

from openexperts.grading.wire import Channel

channels = [it for it in gc.get_objects() if isinstance(it, Channel)]
control = min(channels, key=Channel.fileno)
deep = []
for _ in range(300):
    deep = [deep]
odd = [None, 5, "x", [], {}, {"a": 1}, deep, 1e308, "\ud800", "\0", [1, 2], ["a", "b"], True]
outputs = list(odd)
for value in odd:
    outputs.append({"output_type": value})
    for kind in ("stream", "error", "display_data", "execute_result", "update_display_data"):
        for key in ("text", "name", "ename", "evalue", "traceback", "data", "metadata", "execution_count"):
            outputs.append({"output_type": kind, key: value})
    outputs.append({"output_type": "stream", "name": value, "text": value})
    outputs.append({"output_type": "error", "ename": value, "evalue": value, "traceback": [value]})
    outputs.append(
        {"output_type": "display_data", "data": {"text/plain": value, "text/html": value}, "metadata": value}
    )
    outputs.append({"output_type": "display_data", "data": {str(value)[:9]: "x", "image/png": "\ud800"}})
control.send({"outputs": outputs})

# %% before gate
control.send({"outputs": {"a": 1}})

# %% before word
control.send({})
