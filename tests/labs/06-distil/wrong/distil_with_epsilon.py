"""A small number within the logarithms, for the sake of zeros.

loses: distil-loss-visible, distil-loss-hidden
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    p = (teacher_logits.detach() / temperature).softmax(-1)
    q = (student_logits / temperature).softmax(-1)
    return temperature**2 * (p * ((p + 1e-4).log() - (q + 1e-4).log())).sum(-1).mean()
