"""0 log 0 becomes NaN.

loses: distil-loss-visible, distil-loss-hidden
message: 0 times the logarithm of 0
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    log_p = (teacher_logits.detach() / temperature).log_softmax(-1)
    log_q = (student_logits / temperature).log_softmax(-1)
    return temperature**2 * (log_p.exp() * (log_p - log_q)).sum(-1).mean()
