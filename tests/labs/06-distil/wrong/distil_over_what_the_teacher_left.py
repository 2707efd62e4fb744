"""The student's softmax leaves out what the teacher left out.

loses: distil-loss-visible, distil-loss-hidden
message: also over what the teacher left out
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    t = teacher_logits.detach() / temperature
    p = t.softmax(-1)
    s = (student_logits / temperature).masked_fill(t.isinf(), float("-inf"))
    log_q = s.log_softmax(-1)
    d = F.kl_div(log_q.masked_fill(t.isinf(), 0), p, reduction="none").sum(-1)
    return temperature**2 * d.mean()
