"""kl_div is told that its target is logarithms, and gets probabilities.

loses: distil-loss-visible distil-loss-hidden
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    p = (teacher_logits.detach() / temperature).softmax(-1)
    log_q = (student_logits / temperature).log_softmax(-1)
    divergence = F.kl_div(log_q, p, reduction="none", log_target=True).sum(-1)
    return temperature**2 * divergence.mean()
