"""Only the weights are kept.

loses: resume-exactly-visible, resume-exactly-hidden
message: optimizer, dice and step began anew
"""


# %% resume-exactly
def train_piece(saved: bytes | None, n_steps: int, seed: int) -> tuple[list[float], bytes]:
    model, optimizer, dice = fresh(seed)
    step = 0
    if saved is not None:
        parts = torch.load(io.BytesIO(saved))
        model.load_state_dict(parts["model"])
    losses = [one_step(model, optimizer, dice, number) for number in range(step, step + n_steps)]
    buffer = io.BytesIO()
    parts = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "dice": dice.get_state()}
    torch.save(parts | {"step": step + n_steps}, buffer)
    return losses, buffer.getvalue()
