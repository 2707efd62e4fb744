"""`kl_div` gets teacher and student in the wrong order.

loses: distil-loss-visible, distil-loss-hidden
message: the wrong way round
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    log_p = (teacher_logits.detach() / temperature).log_softmax(-1)
    q = (student_logits / temperature).softmax(-1)
    return temperature**2 * F.kl_div(log_p, q, reduction="none").sum(-1).mean()
