"""Which names of a locked cell are the learner's.

Names that a test uses are either the examiner's or asked of the learner, never guessed: a name is the learner's where
an answer cell of the released lab binds it, or where no locked cell and no builtin does.
"""

import ast
import builtins
import re
import symtable
import threading
from collections.abc import Iterable
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager

COMPARISON = "reference"  # how a lab names what answers are compared with, and must not call
COPIED = 30  # words and signs: a shorter body may be written twice by chance
_parsing = threading.Lock()  # two threads at once may fail in ast.parse (python/cpython#106905)
MAGIC = ("get_ipython", "display", "In", "Out", "_", "__", "___", "exit", "quit")


@lru_cache(maxsize=1000)  # a class has the same cells again and again
def bound_and_used(source: str, imports: bool = True) -> tuple[set[str], set[str]]:
    """The global names that a cell binds (by an import too, if `imports`), and those that it reads, in functions too.

    Of a cell that is not Python, nothing is known.
    """
    try:
        code = TransformerManager().transform_cell(source)
        table = symtable.symtable(code, "cell", "exec")
        with _parsing:
            tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return set(), set()
    bound, used = set(), set()
    tables = [table]
    while tables:
        here = tables.pop()
        tables += here.get_children()
        for symbol in here.get_symbols():
            top = here is table
            if (top and (symbol.is_assigned() or symbol.is_namespace() or (imports and symbol.is_imported()))) or (
                not top and symbol.is_declared_global() and symbol.is_assigned()
            ):
                bound.add(symbol.get_name())
            if symbol.is_referenced() and (top or symbol.is_global()):
                used.add(symbol.get_name())
    for node in ast.walk(tree):  # `from x import *` binds what nobody can see from here
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            bound.add("*")
    return bound, used


def asked(locked: Iterable[str], answers: Iterable[str]) -> list[set[str]]:
    """For each locked cell, in order, the names to ask of the learner before it runs.

    A name that an earlier cell's function reads is asked again for each later cell, since the function may be called
    there.
    """
    theirs = set().union(*(bound_and_used(source, imports=False)[0] for source in answers))
    known = (set(dir(builtins)) | set(MAGIC)) - theirs
    wanted: set[str] = set()
    each = []
    for source in locked:
        bound, used = bound_and_used(source)
        known |= bound - theirs
        wanted |= used - known
        wanted -= bound - theirs
        if "*" in known:  # what that import binds is the examiner's own, whatever it is
            wanted &= theirs
        each.append(set(wanted))
    return each


def borrowed(answer: str, set_up: Iterable[str]) -> list[str]:
    """The set-up's names of the form `reference...`, and this package's, that an answer's code names.

    A reference is named, too, if its whole body stands in the answer. The package's own loops hold what some labs ask
    for. Comments and strings do not count.

    By its words and not by parsing it: it is a stranger's text, and what is meant is a hint for a person.
    """
    set_up = list(set_up)
    ours = {name for source in set_up for name in bound_and_used(source)[0] if name.startswith(COMPARISON)}
    ours.add("openexperts")
    words = _words(answer)
    text = f" {' '.join(words)} "
    copied = {name for source in set_up for name, body in _references(source) if f" {body} " in text}
    return sorted(ours.intersection(words) | copied)


def _words(code: str) -> list[str]:
    """Names, numbers and signs; no comments and strings."""
    code = re.sub(r"\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}|\"[^\"\n]*\"|'[^'\n]*'|#.*", "", code)
    return re.findall(r"\w+|[^\w\s]", code)


@lru_cache(maxsize=1000)
def _references(source: str) -> list[tuple[str, str]]:
    """The functions for comparison in a set-up cell: name, and the words of its body if that is long enough."""
    try:
        with _parsing:
            tree = ast.parse(source)
    except SyntaxError:  # a cell with a magic
        return []
    functions = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name.startswith(COMPARISON)]
    bodies = {
        one.name: _words("\n".join(ast.get_source_segment(source, line) for line in one.body)) for one in functions
    }
    return [(name, " ".join(words)) for name, words in bodies.items() if len(words) >= COPIED]
