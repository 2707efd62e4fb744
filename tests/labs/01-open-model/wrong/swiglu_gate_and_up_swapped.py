"""The two matrices changed places on the way in.

loses: swiglu-visible, swiglu-hidden
message: the two matrices changed places
"""


# %% swiglu
def swiglu(x, gate, up, down):
    gate, up = up, gate
    return (torch.nn.functional.silu(x @ gate.T) * (x @ up.T)) @ down.T
