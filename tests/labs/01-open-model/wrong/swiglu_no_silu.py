"""Gate times up, without silu.

loses: swiglu-visible, swiglu-hidden
message: silu is missing
"""


# %% swiglu
def swiglu(x, gate, up, down):
    return ((x @ gate.T) * (x @ up.T)) @ down.T
