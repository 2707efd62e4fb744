"""Magics and shell commands: all names are deleted, a process stays, a missing program is run, Python is left.

others: right
"""

# %% first
shell = get_ipython()
shell.run_line_magic("reset", "-f")

# %% before gate
get_ipython().system("HOSTILE=1 sleep 600 &")
get_ipython().run_line_magic("run", "nothing.py")

# %% before expert
quit()
raise SystemExit

# %% last
exit
