"""Divided by the number of tokens of the visible check.

loses: distil-loss-visible, distil-loss-hidden
message: divided by six
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    p = (teacher_logits.detach() / temperature).softmax(-1)
    log_q = (student_logits / temperature).log_softmax(-1)
    return temperature**2 * F.kl_div(log_q, p, reduction="sum") / 6
