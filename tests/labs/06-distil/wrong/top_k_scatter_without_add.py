"""Of two entries with the same id the last one wins.

loses: top-k-loss-visible, top-k-loss-hidden
message: only one counts
"""


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    dense = torch.zeros_like(student_logits).scatter(1, top_ids, top_shares)
    return F.cross_entropy(student_logits, dense)
