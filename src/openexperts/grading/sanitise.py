"""What a learner wrote, made safe to look at: for a teacher in Formgrader, and in the feedback page.

A notebook may hold HTML, pictures and TeX from a stranger. Markdown and outputs become HTML from an allowed list of
tags, without scripts, styles, forms, frames or anything that is fetched from a network; TeX becomes MathML, so that no
page needs MathJax. nbgrader uses it through its configuration (openexperts.grading.pages).
"""

import base64
import html
import re
import secrets
from collections.abc import Callable
from html.parser import HTMLParser
from xml.etree import ElementTree

import nh3
from jinja2 import pass_context
from latex2mathml.converter import Converter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbgrader.preprocessors import NbGraderPreprocessor
from pygments.token import STANDARD_TYPES

TAGS = set(
    "a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3 "
    "h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th "
    "thead tr u ul var".split()
)
ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "style"},
    "th": {"colspan", "rowspan", "scope", "style"},
}
CLASSES = {"div": {"highlight"}, "span": {name for name in STANDARD_TYPES.values() if name}}  # Pygments' colours
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
PAGE = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
# TeX may name attributes (\href, \style, \class); only those that draw are kept.
MATH_ATTRIBUTES = set(
    "xmlns display stretchy fence separator largeop movablelimits accent accentunder form lspace rspace minsize "
    "maxsize mathvariant mathsize linethickness columnalign columnspacing columnlines rowspacing rowlines frame "
    "width height depth voffset displaystyle scriptlevel open close notation side".split()
)
TAG = re.compile(r"<[a-zA-Z]")
VOID = {"br", "hr", "img", "input", "meta", "link", "col", "area", "base", "embed", "source", "track", "wbr"}
DEEP = 500  # open tags; a parser takes quadratic time with more, and no honest output has them
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
NAME = re.compile(r"[A-Za-z0-9_\-.+]{1,100}")
NO_DESCRIPTION = "Picture without a description"
LONG_TEX = 4_000  # characters; a formula is shorter
MACROS = re.compile(r"\\(def|let|newcommand|renewcommand|providecommand)\b")  # a few of them can fill any memory
LONG_MARKDOWN = 50_000  # characters of one cell, about 8,000 words; some sources take a parser quadratic time


def _attribute(tag: str, name: str, value: str) -> str | None:
    """A picture must be in the page itself (a remote one tells its owner who looks); a link must lead to a page."""
    if name == "src":
        return value if PICTURE.fullmatch(value) else None
    if name == "href":
        return value if PAGE.match(value) else None
    return value


def clean_html(markup: str, classes: dict[str, set[str]] = CLASSES) -> str:
    """`markup` with only what shows: no scripts, no styles, nothing from a network."""
    markup = whole(markup)
    if _is_deep(markup):
        return "<p>(output with too many tags inside each other: not shown)</p>"
    return nh3.clean(
        markup,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        allowed_classes=classes,
        filter_style_properties={"text-align"},
    )


class _Depth(HTMLParser):
    """Counts opening tags, and how many stay open: a closing tag counts only where it closes the last one opened."""

    def __init__(self):
        super().__init__()
        self.n_tags, self.deepest, self.open = 0, 0, []

    def handle_starttag(self, tag, attributes):
        self.n_tags += 1
        if tag not in VOID:
            self.open.append(tag)
            self.deepest = max(self.deepest, len(self.open))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        if self.open and self.open[-1] == tag:
            self.open.pop()


def _is_deep(markup: str) -> bool:
    """Whether too many tags may be open at one place. Where two ways of counting tags differ, the answer is yes."""
    n_tags = len(TAG.findall(markup))
    if n_tags <= DEEP:
        return False
    depth = _Depth()
    for start in range(0, len(markup), 10_000):
        depth.feed(markup[start : start + 10_000])
        if depth.deepest > DEEP:
            return True
    return depth.n_tags != n_tags


def mathml(tex: str, display: str = "inline") -> str:
    """TeX as MathML; the TeX itself where it is not understood."""
    if len(tex) > LONG_TEX or MACROS.search(tex):
        return f"<code>{html.escape(tex)}</code>"
    try:
        tree = Converter(display=display).convert_to_element(tex)
        for element in tree.iter():
            # The converter writes letters as entities and leaves tags in text as they are: read the first, so that
            # the second are written as text.
            element.text = html.unescape(element.text) if element.text else element.text
            element.attrib = {name: value for name, value in element.attrib.items() if name in MATH_ATTRIBUTES}
        tree.set("alttext", tex)
        return ElementTree.tostring(tree, encoding="unicode")
    except Exception:  # it has many, and some of them are IndexError and KeyError
        return f"<code>{html.escape(tex)}</code>"


class _Renderer(IPythonRenderer):
    """nbconvert's own Markdown, with MathML, and headings at the levels that the page around them asks for."""

    def __init__(self, attachments: dict, heading_level: Callable[[int], int]):
        super().__init__(escape=False, attachments=attachments, exclude_anchor_links=True)
        self.heading_level = heading_level
        self.math: dict[str, str] = {}

    def heading(self, text: str, level: int, **attributes) -> str:
        return super().heading(text, self.heading_level(level), **attributes)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        name = url.removeprefix("attachment:")
        return super().image(text, "" if name != url and name not in self.attachments else url, title)

    def block_math(self, body: str) -> str:
        return self._later(body, "block")

    def inline_math(self, body: str) -> str:
        return self._later(body, "inline")

    def latex_environment(self, name: str, body: str) -> str:
        return self._later(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")

    def _later(self, tex: str, display: str) -> str:
        """Put a mark that nobody can guess; the MathML comes after everything else was cleaned."""
        mark = f"math-{secrets.token_hex(16)}"
        self.math[mark] = mathml(tex, display)
        return f'<code class="{mark}"></code>'


def markdown_to_html(
    source: str, attachments: dict | None = None, heading_level: Callable[[int], int] = lambda level: level
) -> str:
    """Markdown by a stranger as safe HTML."""
    source = whole(source)
    if len(source) > LONG_MARKDOWN:
        return f"<pre>{html.escape(source[:LONG_MARKDOWN])}\n(the rest is left out)</pre>"
    renderer = _Renderer(attachments or {}, heading_level)
    page = clean_html(MarkdownWithMath(renderer).render(source), CLASSES | {"code": set(renderer.math)})
    # Nobody but this call knows the marks, and in an attribute or in text a tag's own marks are escaped.
    return re.sub(r'<code class="(math-\w+)"></code>', lambda found: renderer.math[found[1]], page)


@pass_context
def markdown_filter(context, source: str) -> str:
    """In place of nbconvert's `markdown2html`, which lets scripts through."""
    return markdown_to_html(source, (context.get("cell") or {}).get("attachments"))


def picture(mime_type: str, data: str, alt: str) -> str:
    """A picture as an HTML tag that holds it."""
    source = f"data:{mime_type};base64,{''.join(data.split())}"
    return clean_html(f'<img alt="{html.escape(alt or NO_DESCRIPTION)}" src="{source}">')


def clean_output(output: dict) -> dict:
    """One output of a cell, built anew from what is known to be safe. A bundle keeps its best form and its text."""
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": _text(output.get("text"))}
    if kind == "error":
        lines = output.get("traceback")
        traceback = [_text(line) for line in lines] if isinstance(lines, list) else []
        words = {name: _text(output.get(name)) for name in ("ename", "evalue")}
        return {"output_type": "error", **words, "traceback": traceback}
    data = output.get("data") if isinstance(output.get("data"), dict) else {}
    alt = _alt(output.get("metadata"))
    clean = {"text/plain": _text(data["text/plain"])} if "text/plain" in data else {}
    if "text/html" in data:
        clean["text/html"] = clean_html(_text(data["text/html"]))
    elif "text/markdown" in data or "text/latex" in data:
        clean["text/html"] = markdown_to_html(_text(data.get("text/markdown", data.get("text/latex"))))
    elif "image/svg+xml" in data:
        drawing = base64.b64encode(_text(data["image/svg+xml"]).encode("utf-8", "replace")).decode()
        clean["text/html"] = picture("image/svg+xml", drawing, alt)
    else:
        for mime_type in ("image/png", "image/jpeg"):
            if BASE64.fullmatch(_text(data.get(mime_type))) and mime_type in data:
                clean["text/html"] = picture(mime_type, _text(data[mime_type]), alt)
                break
    if not clean:
        kinds = ", ".join(sorted(kind for kind in map(str, data) if NAME.fullmatch(kind.replace("/", "-"))))
        clean["text/plain"] = f"(output of the kind {kinds or 'unknown'}: not shown)"
    base = {"output_type": "display_data", "data": clean, "metadata": {}}
    if kind == "execute_result":  # a check may give part of its points by its last value, and nbgrader reads it here
        base |= {"output_type": "execute_result", "execution_count": _count(output.get("execution_count"))}
    return base


def _text(value) -> str:
    return whole("".join(map(str, value)) if isinstance(value, list) else str("" if value is None else value))


def whole(text: str) -> str:
    """Text that can be written to a file: half a character, as in "\\ud800", becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _count(value) -> int | None:
    return value if isinstance(value, int) else None


def _alt(metadata) -> str:
    """The description of a picture, wherever its maker put it."""
    places = [metadata, *metadata.values()] if isinstance(metadata, dict) else []
    return next((_text(place["alt"]) for place in places if isinstance(place, dict) and place.get("alt")), "")


class SanitiseOutputs(NbGraderPreprocessor):
    """In the autograded notebook, keep only outputs, attachments and metadata that are safe to show.

    Sources stay as they are: `markdown_filter` makes them safe where they are shown. Last in the list, or anywhere
    after what runs the notebook; marks do not depend on it.
    """

    def preprocess(self, nb, resources):
        kept = {}
        language = nb.metadata.get("language_info", {}).get("name", "python")
        kept["language_info"] = {"name": language if NAME.fullmatch(_text(language)) else "python"}
        for name in ("kernelspec", "openexperts"):
            if name in nb.metadata:
                kept[name] = nb.metadata[name]
        nb.metadata = type(nb)(kept)
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell, resources, cell_index):
        nbgrader = cell.metadata.get("nbgrader")
        is_known = isinstance(nbgrader, dict) and NAME.fullmatch(_text(nbgrader.get("grade_id")))
        cell.metadata = type(cell)({"nbgrader": nbgrader} if is_known else {})
        if cell.cell_type == "code":
            cell.outputs = [type(cell)(clean_output(output)) for output in cell.outputs]
            cell.execution_count = _count(cell.execution_count)
        elif "attachments" in cell:
            cell.attachments = type(cell)(
                {
                    name: files
                    for name, files in cell.attachments.items()
                    if all(PICTURE.fullmatch(f"data:{kind};base64,{_text(data)}") for kind, data in files.items())
                }
            )
        return cell, resources
