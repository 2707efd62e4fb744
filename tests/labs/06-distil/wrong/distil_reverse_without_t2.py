"""The wrong way round, and without T^2.

loses: distil-loss-visible, distil-loss-hidden
message: the wrong way round, and T^2 is missing
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    log_p = (teacher_logits.detach() / temperature).log_softmax(-1)
    log_q = (student_logits / temperature).log_softmax(-1)
    return (log_q.exp() * (log_q - log_p)).sum(-1).mean()
