"""The value has the factor T^2, its gradient has not.

loses: distil-loss-hidden
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    p = (teacher_logits.detach() / temperature).softmax(-1)
    log_q = (student_logits / temperature).log_softmax(-1)
    kl = F.kl_div(log_q, p, reduction="none").sum(-1).mean()
    return kl + ((temperature**2 - 1) * kl).detach()
