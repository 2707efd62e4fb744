"""2 T in place of T^2, which is the same at temperature 2.

loses: distil-loss-visible, distil-loss-hidden
message: twice T is the same at temperature 2 only
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    p = (teacher_logits.detach() / temperature).softmax(-1)
    log_q = (student_logits / temperature).log_softmax(-1)
    return 2 * temperature * F.kl_div(log_q, p, reduction="none").sum(-1).mean()
