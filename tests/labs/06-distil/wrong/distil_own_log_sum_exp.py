"""A log-softmax of one's own whose powers overflow.

loses: distil-loss-visible
message: 300 apart
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    p = (teacher_logits.detach() / temperature).softmax(-1)
    z = student_logits / temperature
    log_q = z - z.exp().sum(-1, keepdim=True).log()
    return temperature**2 * F.kl_div(log_q, p, reduction="none").sum(-1).mean()
