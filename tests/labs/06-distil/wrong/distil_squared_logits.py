"""The squared difference of the logits.

loses: distil-loss-visible, distil-loss-hidden
message: the squared difference
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    return (student_logits - teacher_logits.detach()).square().mean()
