"""Steps are counted from 0 again.

loses: resume-exactly-visible, resume-exactly-hidden
message: the step's number began anew
"""


# %% resume-exactly
def train_piece(saved: bytes | None, n_steps: int, seed: int) -> tuple[list[float], bytes]:
    model, optimizer, dice = fresh(seed)
    step = 0
    if saved is not None:
        parts = torch.load(io.BytesIO(saved))
        model.load_state_dict(parts["model"])
        optimizer.load_state_dict(parts["optimizer"])
        dice.set_state(parts["dice"])
    losses = [one_step(model, optimizer, dice, number) for number in range(step, step + n_steps)]
    buffer = io.BytesIO()
    parts = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "dice": dice.get_state()}
    torch.save(parts | {"step": step + n_steps}, buffer)
    return losses, buffer.getvalue()
