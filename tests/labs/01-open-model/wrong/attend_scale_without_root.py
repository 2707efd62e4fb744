"""The scores are divided by head_dim and not by its root.

loses: attend-visible, attend-hidden
message: not by its root
"""


# %% attend
def attend(q, k, v):
    share = len(q) // len(k)
    k, v = k.repeat_interleave(share, 0), v.repeat_interleave(share, 0)
    scores = q @ k.transpose(1, 2) / q.shape[-1]
    scores = scores.masked_fill(torch.ones_like(scores[0]).triu(1).bool(), float("-inf"))
    return (scores.softmax(-1) @ v).transpose(0, 1).flatten(1)
