"""The mean of both directions.

loses: distil-loss-visible, distil-loss-hidden
message: Likely: the mean of both directions
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    p = (teacher_logits.detach() / temperature).softmax(-1)
    q = (student_logits / temperature).softmax(-1)
    forward = torch.xlogy(p, p) - torch.xlogy(p, q)
    backward = torch.xlogy(q, q) - torch.xlogy(q, p)
    return temperature**2 * (forward + backward).sum(-1).mean() / 2
