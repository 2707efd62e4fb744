"""T^2 is missing.

loses: distil-loss-visible, distil-loss-hidden
message: T^2 is missing
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    p = (teacher_logits.detach() / temperature).softmax(-1)
    log_q = (student_logits / temperature).log_softmax(-1)
    return F.kl_div(log_q, p, reduction="none").sum(-1).mean()
