"""Which names of a locked cell are the learner's.

Names that a test uses are either the examiner's or asked of the learner, never guessed: a name is the learner's where
an answer cell of the released lab binds it, or where no locked cell and no builtin does.
"""

import ast
import builtins
import re
import symtable
import threading
import warnings
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from IPython.core.inputtransformer2 import TransformerManager

COMPARISON = "reference"  # how a lab names what answers are compared with, and must not call
COPIED = 30  # words and signs: a shorter body may be written twice by chance
RENAMED = 50  # and with other names, one so short: a formula of one line has a form that many find by themselves
PARSED = 20_000  # characters of an answer: of an honest one a tenth; Python's parser has its limits with long texts
BUILTINS = frozenset(dir(builtins))
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
    known = (BUILTINS | set(MAGIC)) - theirs
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

    A reference is named, too, if its whole body stands in the answer: word for word, or with other names. The package's
    own loops hold what some labs ask for. Comments and strings do not count.

    It is a stranger's text, and what is meant is a hint for a person: no line of it runs, and what is too long or too
    deep to be parsed is compared by its words alone.
    """
    set_up = list(set_up)
    ours = {name for source in set_up for name in bound_and_used(source)[0] if name.startswith(COMPARISON)}
    ours.add("openexperts")
    words = _words(answer)
    text = f" {' '.join(words)} "
    references = [one for source in set_up for one in _references(source)]
    copied = {one.name for one in references if f" {one.words} " in text}
    forms = _forms(answer, frozenset(one.lines for one in references if one.form))
    return sorted(ours.intersection(words) | copied | {one.name for one in references if one.form in forms})


def _words(code: str) -> list[str]:
    """Names, numbers and signs; no comments and strings."""
    code = re.sub(r"\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}|\"[^\"\n]*\"|'[^'\n]*'|#.*", "", code)
    return re.findall(r"\w+|[^\w\s]", code)


def _parsed(code: str) -> ast.Module:
    """The tree of a cell's code, without its magics."""
    with _parsing, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what a stranger wrote, such as `1 is 1`
        return ast.parse(re.sub(r"^[%!].*", "", code, flags=re.MULTILINE))


class _Reference(NamedTuple):
    """A function for comparison: its name, its body's words, how many statements that has, and its form if long."""

    name: str
    words: str
    lines: int
    form: str | None


@lru_cache(maxsize=1000)
def _references(source: str) -> list[_Reference]:
    """The functions for comparison in a set-up cell whose bodies are long enough."""
    try:
        tree = _parsed(source)
    except SyntaxError:  # a cell in another language, by a magic
        return []
    found = []
    for one in tree.body:
        if isinstance(one, ast.FunctionDef) and one.name.startswith(COMPARISON):
            words = _words("\n".join(ast.get_source_segment(source, line) for line in one.body))
            if len(words) >= COPIED:
                lines = _Plain().visit(one).body
                form = _form(lines) if len(words) >= RENAMED else None
                found.append(_Reference(one.name, " ".join(words), len(lines), form))
    return found


@lru_cache(maxsize=1000)  # many hand in the blank cell
def _forms(answer: str, lengths: frozenset[int]) -> frozenset[str]:
    """The forms of all runs of so many statements in an answer; none where it is not to be parsed."""
    if len(answer) > PARSED:
        return frozenset()
    try:
        forms = set()
        for node in ast.walk(_Plain().visit(_parsed(answer))):
            for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
                if isinstance(block, list):  # of a lambda or `a if b else c` it is an expression
                    starts = ((start, n) for n in lengths for start in range(len(block) - n + 1))
                    forms.update(_form(block[start : start + n]) for start, n in starts)
        return frozenset(forms)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()


class _Plain(ast.NodeTransformer):
    """Leaves out what changes nothing that is computed: docstrings, annotations, lone constants, decorators."""

    def visit_Expr(self, node):
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_AnnAssign(self, node):
        if node.value is None:
            return None
        return ast.Assign(targets=[self.visit(node.target)], value=self.visit(node.value))

    def visit_Pass(self, node):
        return None

    def visit_FunctionDef(self, node):
        node.returns, node.decorator_list = None, []
        return self.generic_visit(node)

    def visit_arg(self, node):
        return ast.arg(arg=node.arg)


def _form(lines: list[ast.stmt]) -> str:
    """Statements as text in which each name is a number, in order of first appearance: whoever renames keeps the form.

    Attributes, keywords, builtins and constants stay as they are.
    """
    numbers: dict[str, int] = {}

    def say(node) -> str:
        if isinstance(node, list):
            return f"[{' '.join(map(say, node))}]"
        if not isinstance(node, ast.AST):
            return repr(node)
        kind = type(node).__name__
        if isinstance(node, ast.Name):
            return f"Name({number(node.id)})"
        own = {ast.FunctionDef: "name", ast.ClassDef: "name", ast.arg: "arg", ast.ExceptHandler: "name"}.get(type(node))
        parts = (
            number(value) if field == own else say(value)
            for field, value in ast.iter_fields(node)
            if field not in ("ctx", "type_comment", "kind")
        )
        return f"{kind}({' '.join(parts)})"

    def number(name: str | None) -> str:
        return repr(name) if name is None or name in BUILTINS else str(numbers.setdefault(name, len(numbers)))

    return say(lines)
