"""The BytesIO itself is given back, and not its bytes.

loses: resume-exactly-visible, resume-exactly-hidden
message: expected bytes, yours gave another kind of value
"""


# %% resume-exactly
def train_piece(saved, n_steps, seed):
    model, optimizer, dice = fresh(seed)
    step = 0
    if saved is not None:
        saved.seek(0)
        parts = torch.load(saved)
        model.load_state_dict(parts["model"])
        optimizer.load_state_dict(parts["optimizer"])
        dice.set_state(parts["dice"])
        step = parts["step"]
    losses = [one_step(model, optimizer, dice, step + number) for number in range(n_steps)]
    buffer = io.BytesIO()
    parts = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "dice": dice.get_state()}
    torch.save(parts | {"step": step + n_steps}, buffer)
    return losses, buffer
