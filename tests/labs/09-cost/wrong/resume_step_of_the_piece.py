"""The checkpoint holds the steps of its own piece only.

loses: resume-exactly-hidden
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
        step = parts["step"]
    losses = [one_step(model, optimizer, dice, number) for number in range(step, step + n_steps)]
    buffer = io.BytesIO()
    parts = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "dice": dice.get_state()}
    torch.save(parts | {"step": n_steps}, buffer)
    return losses, buffer.getvalue()
