"""silu is on up and not on the gate.

loses: swiglu-visible, swiglu-hidden
message: silu is on `up`
"""


# %% swiglu
def swiglu(x, gate, up, down):
    return ((x @ gate.T) * torch.nn.functional.silu(x @ up.T)) @ down.T
