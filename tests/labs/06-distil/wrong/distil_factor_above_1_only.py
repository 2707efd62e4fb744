"""T^2 only where the temperature is above 1.

loses: distil-loss-hidden
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    p = (teacher_logits.detach() / temperature).softmax(-1)
    log_q = (student_logits / temperature).log_softmax(-1)
    divergence = F.kl_div(log_q, p, reduction="none").sum(-1)
    return max(temperature, 1.0) ** 2 * divergence.mean()
