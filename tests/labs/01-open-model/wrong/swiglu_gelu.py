"""GELU where silu is wanted: close, and not the same.

loses: swiglu-hidden
"""


# %% swiglu
def swiglu(x, gate, up, down):
    return (torch.nn.functional.gelu(x @ gate.T) * (x @ up.T)) @ down.T
