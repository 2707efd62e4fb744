"""sigmoid where silu is wanted.

loses: swiglu-visible, swiglu-hidden
message: sigmoid was used
"""


# %% swiglu
def swiglu(x, gate, up, down):
    return ((x @ gate.T).sigmoid() * (x @ up.T)) @ down.T
