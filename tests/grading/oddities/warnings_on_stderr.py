"""Warnings, log lines and words on standard error, from Python and from C, while cells run and while checks do."""

# %% first
import logging
import os
import sys
import warnings

warnings.simplefilter("always")
warnings.warn("a warning", stacklevel=1)
logging.basicConfig(level=logging.DEBUG)
logging.getLogger().warning("a log line")


# %% square
def square(x):
    warnings.warn("deprecated", DeprecationWarning, stacklevel=2)
    logging.warning("square")
    print("to stderr", file=sys.stderr)
    os.write(2, b"past Python\n")
    torch.tensor([1.0]).requires_grad_().sum().backward(create_graph=True)
    return x * x
