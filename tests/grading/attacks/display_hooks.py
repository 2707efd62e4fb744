"""The hooks that show values and errors are replaced, so that errors vanish and a mark of 12 is shown.

loses: all
"""

# %% first
import sys

from IPython.display import display


def shown(*args, **kwargs):
    display({"text/plain": "12"}, raw=True)


shell = get_ipython()
sys.displayhook = sys.excepthook = shell.showtraceback = shell._showtraceback = shell.showsyntaxerror = shown
shell.set_custom_exc((BaseException,), shown)
shell.display_formatter.formatters["text/plain"].for_type(object, lambda *_: "12")
12.0
