"""Query heads take key heads in turn (repeat), where neighbours share one (repeat_interleave).

loses: attend-visible, attend-hidden
message: query heads take key heads in turn
"""


# %% attend
def attend(q, k, v):
    share = len(q) // len(k)
    k, v = k.repeat(share, 1, 1), v.repeat(share, 1, 1)
    scores = q @ k.transpose(1, 2) / q.shape[-1] ** 0.5
    scores = scores.masked_fill(torch.ones_like(scores[0]).triu(1).bool(), float("-inf"))
    return (scores.softmax(-1) @ v).transpose(0, 1).flatten(1)
