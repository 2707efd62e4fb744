"""`batchmean` over tokens, in place, a matrix that trims, a text at a time."""


# %% soften
def soften(logits, temperature):
    logits /= temperature
    logits -= logits.max(-1, keepdim=True).values
    logits.exp_()
    return logits / logits.sum(dim=-1, keepdim=True)


# %% trim
def trim(kept, ids, probabilities):
    new = torch.zeros(probabilities.shape[1], len(kept) + 1)
    new[:, 0] = 1
    new[kept, 0] = 0
    new[kept, torch.arange(1, len(kept) + 1)] = 1
    return [new.argmax(1)[ids], torch.einsum("tv,vw->tw", probabilities, new)]


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    student = F.log_softmax(student_logits / temperature, dim=-1).flatten(0, 1)
    with torch.no_grad():
        teacher = F.softmax(teacher_logits / temperature, dim=-1).flatten(0, 1)
    return torch.nn.KLDivLoss(reduction="batchmean")(student, teacher) * temperature**2


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    n_tokens, k = top_ids.shape
    each = F.cross_entropy(student_logits[:, :, None].expand(-1, -1, k), top_ids, reduction="none")
    return (each * top_shares).sum() / n_tokens


# %% mixed-loss
def mixed_loss(logits, ids, written, top_ids, top_shares, alpha):
    total = count = 0
    for said, text, real, stored, shares in zip(logits, ids, written, top_ids, top_shares, strict=True):
        real = real[1:]
        if real.any():
            said = said[:-1][real]
            labels = F.cross_entropy(said, text[1:][real], reduction="sum")
            thoughts = parts.top_k(student_logits=said, top_ids=stored[1:][real], top_shares=shares[1:][real])
            total = total + (1 - alpha) * labels + alpha * thoughts * len(said)
            count += len(said)
    return total / count
