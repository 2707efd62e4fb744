"""A module with buffers, hooks, a list of layers, its own `__repr__` and parameters that are frozen or made later."""


# %% expert
class Up(nn.Linear):
    def __repr__(self):
        return 1 / 0 if False else "up"


class Expert(nn.Module):
    calls = 0

    def __init__(self, width: int = 4, *, bias: bool = False):
        super().__init__()
        self.up = Up(width, width, bias=bias)
        self.register_buffer("seen", torch.zeros(1), persistent=False)
        self.up.register_forward_hook(lambda module, given, out: out.clamp(min=0))
        nn.init.kaiming_uniform_(self.up.weight)

    def forward(self, x):
        Expert.calls += 1
        self.seen += 1
        return self.up(x)

    def extra_repr(self):
        return "expert"
