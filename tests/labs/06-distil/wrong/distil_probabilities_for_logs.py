"""`kl_div` gets the student's probabilities.

loses: distil-loss-visible, distil-loss-hidden
message: wants the student's log-probabilities
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    p = (teacher_logits.detach() / temperature).softmax(-1)
    log_q = (student_logits / temperature).softmax(-1)
    return temperature**2 * F.kl_div(log_q, p, reduction="none").sum(-1).mean()
