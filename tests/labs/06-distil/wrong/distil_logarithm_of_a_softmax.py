"""The logarithm of the student's softmax: -inf where a probability is too small for a float.

loses: distil-loss-visible
message: the logarithm of that is -inf
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    p = F.softmax(teacher_logits.detach() / temperature, dim=-1)
    q = F.softmax(student_logits / temperature, dim=-1)
    return temperature**2 * (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1).mean()
