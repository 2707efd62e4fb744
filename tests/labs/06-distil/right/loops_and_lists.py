"""Slow loops, plain lists."""


# %% soften
def soften(logits, temperature):
    flat = logits.reshape(-1, logits.shape[-1])
    rows = []
    for row in flat:
        weights = torch.exp((row - row.max()) / temperature)
        rows.append(weights / weights.sum())
    return torch.stack(rows).reshape(logits.shape)


# %% trim
def trim(kept, ids, probabilities):
    order = kept.tolist()
    new = [order.index(token) + 1 if token in order else 0 for token in ids.tolist()]
    rows = []
    for line in probabilities.tolist():
        row = [0.0] + [line[token] for token in order]
        row[0] = sum(share for token, share in enumerate(line) if token not in order)
        rows.append(row)
    return new, rows


# %% distil-loss
def distil_loss(student_logits, teacher_logits, temperature):
    total, count = 0.0, 0
    for mine, its in zip(student_logits.flatten(0, 1), teacher_logits.detach().flatten(0, 1), strict=True):
        p, log_q = torch.softmax(its / temperature, 0), torch.log_softmax(mine / temperature, 0)
        for one, other in zip(p, log_q, strict=True):
            if one > 0:
                total = total + one * (one.log() - other)
        count += 1
    return temperature * temperature * total / count


# %% top-k-loss
def top_k_loss(student_logits, top_ids, top_shares):
    total = 0.0
    for logits, ids, shares in zip(student_logits, top_ids.tolist(), top_shares.tolist(), strict=True):
        for token, share in zip(ids, shares, strict=True):
            total = total - share * (logits[token] - logits.logsumexp(0))
    return total / len(student_logits)


# %% mixed-loss
def mixed_loss(logits, ids, written, top_ids, top_shares, alpha):
    total, count = 0.0, 0
    for row in range(len(ids)):
        for place in range(1, ids.shape[1]):
            if written[row, place]:
                log_q = logits[row, place - 1].log_softmax(0)
                labels = -log_q[ids[row, place]]
                teacher = -(top_shares[row, place] * log_q[top_ids[row, place]]).sum()
                total = total + (1 - alpha) * labels + alpha * teacher
                count += 1
    return total / count
