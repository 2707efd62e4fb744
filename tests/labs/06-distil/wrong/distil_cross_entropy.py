"""Cross-entropy in place of the divergence.

loses: distil-loss-visible, distil-loss-hidden
message: this is the cross-entropy
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    p = (teacher_logits.detach() / temperature).softmax(-1)
    log_q = (student_logits / temperature).log_softmax(-1)
    return -(temperature**2) * (p * log_q).sum(-1).mean()
