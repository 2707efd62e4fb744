"""The logarithm of a softmax: -inf where a probability is too small for a float.

loses: top-k-loss-visible
message: the logarithm of that is -inf
"""


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    log_q = student_logits.softmax(-1).gather(1, top_ids).log()
    return -(top_shares * log_q).sum(1).mean()
