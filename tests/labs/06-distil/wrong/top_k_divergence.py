"""The entropy of the shares is subtracted.

loses: top-k-loss-visible, top-k-loss-hidden
message: this is the divergence
"""


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    log_q = student_logits.log_softmax(-1).gather(1, top_ids)
    return (torch.xlogy(top_shares, top_shares) - top_shares * log_q).sum(1).mean()
