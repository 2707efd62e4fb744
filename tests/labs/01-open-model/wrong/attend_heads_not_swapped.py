"""Heads and positions are not swapped before the heads are joined.

loses: attend-visible, attend-hidden
message: heads and positions changed places
"""


# %% attend
def attend(q, k, v):
    share = len(q) // len(k)
    k, v = k.repeat_interleave(share, 0), v.repeat_interleave(share, 0)
    scores = q @ k.transpose(1, 2) / q.shape[-1] ** 0.5
    scores = scores.masked_fill(torch.ones_like(scores[0]).triu(1).bool(), float("-inf"))
    return (scores.softmax(-1) @ v).reshape(q.shape[1], -1)
