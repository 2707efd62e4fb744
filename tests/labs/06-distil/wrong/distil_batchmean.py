"""`batchmean` divides by the number of texts.

loses: distil-loss-visible, distil-loss-hidden
message: divided by the number of texts
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    p = (teacher_logits.detach() / temperature).softmax(-1)
    log_q = (student_logits / temperature).log_softmax(-1)
    return temperature**2 * F.kl_div(log_q, p, reduction="batchmean")
