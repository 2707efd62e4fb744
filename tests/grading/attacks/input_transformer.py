"""Every later cell's text becomes `pass` before it is read.

loses: all
"""

# %% first
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\n"])
get_ipython().input_transformers_post.append(lambda lines: ["pass\n"])
