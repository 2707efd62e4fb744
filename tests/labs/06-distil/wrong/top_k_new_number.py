"""The loss is put into a new tensor with `requires_grad`, which knows no logits.

loses: top-k-loss-visible, top-k-loss-hidden
message: make a new number, which does not know the logits
"""


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    log_q = student_logits.log_softmax(-1).gather(1, top_ids)
    return torch.tensor(-(top_shares * log_q).sum(1).mean().item(), requires_grad=True)
