"""Leaves a cell by `exit`, interrupts itself, catches all errors, changes the folder and the seed."""

# %% first
import os

os.makedirs("sub", exist_ok=True)
os.chdir("sub")
torch_seed = 5
exit

# %% before gate
torch.manual_seed(123)
torch.set_grad_enabled(True)
torch.set_printoptions(precision=2)

# %% before expert
raise KeyboardInterrupt

# %% before word
raise SystemExit("enough")
