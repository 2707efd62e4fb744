"""The divergence the wrong way round: the student's probabilities weigh it.

loses: distil-loss-visible, distil-loss-hidden
message: the wrong way round
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    log_p = (teacher_logits.detach() / temperature).log_softmax(-1)
    log_q = (student_logits / temperature).log_softmax(-1)
    return temperature**2 * (log_q.exp() * (log_q - log_p)).sum(-1).mean()
