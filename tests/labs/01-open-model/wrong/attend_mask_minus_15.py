"""Later tokens get a score of -15 in place of minus infinity: enough until a score is lower still.

loses: attend-visible, attend-hidden
message: where minus infinity is wanted
"""


# %% attend
def attend(q, k, v):
    share = len(q) // len(k)
    k, v = k.repeat_interleave(share, 0), v.repeat_interleave(share, 0)
    scores = q @ k.transpose(1, 2) / q.shape[-1] ** 0.5
    future = torch.ones_like(scores[0]).triu(1).bool()
    return (scores.masked_fill(future, -15).softmax(-1) @ v).transpose(0, 1).flatten(1)
