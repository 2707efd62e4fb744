"""Only the teacher's best token.

loses: distil-loss-visible, distil-loss-hidden
message: only the teacher's best token
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    return F.cross_entropy(student_logits.flatten(0, 1), teacher_logits.argmax(-1).flatten())
