"""The shell's own methods that run a cell do nothing and report success.

loses: all
"""

# %% first
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell


async def nothing(*args, **kwargs):
    return False


InteractiveShell.run_code = nothing
get_ipython().run_code = nothing
get_ipython().run_cell = lambda *args, **kwargs: ExecutionResult(None)
