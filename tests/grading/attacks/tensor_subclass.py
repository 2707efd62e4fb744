"""A tensor whose every operation, through `__torch_function__`, says that it is right.

loses: all
"""

# %% first
import torch


class Right(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function in (torch.Tensor.eq, torch.Tensor.__eq__, torch.isclose, torch.allclose, torch.equal):
            return torch.ones(4, 3, dtype=torch.bool)
        return super().__torch_function__(function, types, args, kwargs)


# %% square
def square(x):
    return torch.zeros(4, 3).as_subclass(Right)


# %% gate
def gate(x, weight):
    return torch.zeros(5, 3).as_subclass(Right)
