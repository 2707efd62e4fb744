"""The student's probabilities are held above 1e-12 before the logarithm, as against its -inf.

loses: distil-loss-visible
message: the logarithm of that is -inf
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    p = (teacher_logits.detach() / temperature).softmax(-1)
    q = (student_logits / temperature).softmax(-1).clamp(min=1e-12)
    return temperature**2 * F.kl_div(q.log(), p, reduction="none").sum(-1).mean()
