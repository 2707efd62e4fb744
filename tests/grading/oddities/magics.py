"""Magics and shell commands that many notebooks have."""

# %% first
get_ipython().run_line_magic("matplotlib", "inline")
get_ipython().run_line_magic("load_ext", "autoreload")
get_ipython().run_line_magic("autoreload", "2")
get_ipython().system("echo hello; ls")
files = get_ipython().getoutput("ls")
get_ipython().run_cell_magic("time", "", "sum(range(1000))")
get_ipython().run_cell_magic("capture", "captured", "print('kept')")
get_ipython().run_line_magic("timeit", "-n1 -r1 1 + 1")
