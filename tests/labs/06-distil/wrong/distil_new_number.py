"""The loss is put into a new tensor with `requires_grad`, which knows no logits.

loses: distil-loss-visible, distil-loss-hidden
message: make a new number, which does not know the logits
"""


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    p = (teacher_logits.detach() / temperature).softmax(-1)
    log_q = (student_logits / temperature).log_softmax(-1)
    value = temperature**2 * F.kl_div(log_q, p, reduction="none").sum(-1).mean()
    return torch.tensor(value.item(), requires_grad=True)
