"""A workshop's folder made into pages to print and slides to show, and whether a room's machine is ready for them.

`workshops/NN-name/` holds the words, `notebooks/NN-name.ipynb` the slides. Both are made into
`dist/workshops/NN-name/`: each page as PDF (A4) and HTML, the slides as one HTML file and one PDF. None of them needs a
kernel or a network. The system's Chromium prints. See `workshops/README.md` for the form of a folder.
"""

import hashlib
import html
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import mistune
import nbformat

from openexperts.grading.course import CourseError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_BROWSER = "no Chromium or Chrome was found: install one (`sudo apt install chromium`), then start this again"
PAGES = ("guide", "handout", "cards", "rubric", "survey", "evidence")
MADE_FROM = "made-from.txt"  # a number for all sources that the pages were made from
FREE_BYTES = 500e6  # the pages are a few MB; a browser and a kernel write more
PRINT_MINUTES = 10  # for one file: a browser takes seconds, and some minutes on a machine that is busy

_markdown = mistune.create_markdown(escape=False, plugins=["table", "task_lists"])


@dataclass(frozen=True)
class Workshop:
    """The places of one workshop in the course at `root`."""

    root: Path
    name: str

    @property
    def folder(self) -> Path:
        return self.root / "workshops" / self.name

    @property
    def lesson(self) -> Path:
        return self.root / "notebooks" / f"{self.name}.ipynb"

    @property
    def made(self) -> Path:
        return self.root / "dist" / "workshops" / self.name


def workshops(root: Path) -> list[Workshop]:
    """Every workshop of the course."""
    return [Workshop(root, path.name) for path in sorted((root / "workshops").glob("[0-9][0-9]-*")) if path.is_dir()]


def find(root: Path, number: str) -> Workshop:
    """The workshop of this number or name."""
    known = workshops(root)
    for workshop in known:
        if number in (workshop.name, workshop.name[:2]):
            return workshop
    names = ", ".join(workshop.name for workshop in known) or "none yet"
    raise CourseError(f"There is no workshop {number!r}; there are: {names}.")


# The words


def sources(workshop: Workshop) -> list[Path]:
    """The files that the pages and slides are made from."""
    return [*sorted(workshop.folder.rglob("*.md")), workshop.lesson]


def missing(workshop: Workshop) -> list[str]:
    """The files that a workshop must have and this one has not, as paths in the course."""
    wanted = [workshop.folder / f"{page}.md" for page in PAGES if page != "evidence"] + [workshop.lesson]
    absent = [path for path in wanted if not path.is_file()]
    if not list(workshop.folder.glob("evidence/*.md")):
        absent.append(workshop.folder / "evidence" / "*.md")
    return [path.relative_to(workshop.root).as_posix() for path in absent]


def fingerprint(workshop: Workshop) -> str:
    """One number for all sources: it tells whether pages are older than their words."""
    sha = hashlib.sha256(Path(__file__).read_bytes())
    for path in sources(workshop):
        sha.update(path.name.encode() + b"\0" + path.read_bytes())
    return sha.hexdigest()


def words(workshop: Workshop, page: str) -> str:
    """The Markdown of a page; the evidence pack is all its sheets, one after the other."""
    if page != "evidence":
        return (workshop.folder / f"{page}.md").read_text(encoding="utf-8")
    sheets = sorted(workshop.folder.glob("evidence/*.md"))
    return "\n\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


# Pages to print

PAGE_STYLE = """
@page { size: A4; margin: 14mm 14mm 18mm;
  @bottom-left { content: "FOOT"; font: 8pt sans-serif; }
  @bottom-right { content: counter(page) " of " counter(pages); font: 8pt sans-serif; } }
body { font: 10.5pt/1.4 "DejaVu Sans", Verdana, sans-serif; color: black; background: white; max-width: 182mm;
  margin: 0 auto; }
h1 { font-size: 17pt; line-height: 1.2; margin: 0 0 3mm; }
h2 { font-size: 13pt; margin: 6mm 0 2mm; border-bottom: 1px solid black; }
h3 { font-size: 11pt; margin: 4mm 0 1mm; }
h1, h2, h3 { break-after: avoid; }
p, ul, ol { margin: 0 0 2.2mm; } li { margin-bottom: 0.8mm; } li p { margin-bottom: 0.8mm; }
p { orphans: 3; widows: 3; }
table { border-collapse: collapse; width: 100%; margin: 0 0 3mm; font-size: 9pt; line-height: 1.3; }
th, td { border: 1px solid black; padding: 1mm 1.5mm; text-align: left; vertical-align: top; }
thead { display: table-header-group; } th { background: #e8e8e8; }
tr, blockquote, .sheet { break-inside: avoid; }
blockquote { border-left: 3px solid black; margin: 0 0 2.5mm; padding: 0.5mm 0 0.5mm 3mm; }
blockquote > :last-child { margin-bottom: 0; }
code { font-family: "DejaVu Sans Mono", monospace; font-size: 0.9em; }
.show td:first-child { white-space: nowrap; font-weight: bold; }
.show table { font-size: 8.5pt; line-height: 1.25; } .show th:nth-child(2) { width: 36%; }
.show th:nth-child(3), .show th:nth-child(4) { width: 18%; }
body.guide { font-size: 10pt; } .show, .key { break-before: page; break-inside: auto; }
.task-list-item { list-style: none; margin-left: -6mm; }
input { appearance: none; width: 3.2mm; height: 3.2mm; border: 1px solid black; margin: 0 2mm 0 0; }
body.handout { font-size: 9.5pt; line-height: 1.35; } body.handout h1 { font-size: 14pt; }
body.handout h2 { font-size: 10.5pt; margin: 2.5mm 0 1mm; } body.handout table { font-size: 8.5pt; }
body.handout td:empty { height: 6.2mm; }
.row { display: flex; break-inside: avoid; margin-top: -1.5px; }
.card { box-sizing: border-box; width: 50%; border: 1.5px dashed black; padding: 2.5mm 4mm; min-height: 42mm;
  font-size: 9.5pt; line-height: 1.3; margin-right: -1.5px; }
.deck + .deck { break-before: page; }
.card p, .card blockquote { margin-bottom: 1.8mm; }
.card h2 { border: 0; margin: 0 0 2mm; font-size: 11.5pt; }
.sheet + .sheet { border-top: 1px solid black; padding-top: 4mm; margin-top: 4mm; }
.sheet h1 { font-size: 13pt; }
body.rubric table { break-inside: avoid; }
"""


def cut_up(markup: str, heading: str) -> tuple[str, list[str]]:
    """What stands before the first `heading`, and the parts that begin with one."""
    before, *parts = re.split(rf"(?=<{heading}\b)", markup)
    return before, parts


def page_html(workshop: Workshop, page: str) -> str:
    """One page of the workshop as an HTML file that needs nothing else."""
    markup = _markdown(words(workshop, page))
    if page == "cards":
        _, decks = cut_up(markup, "h1")
        markup = "".join(f'<section class="deck">{deck_html(deck)}</section>' for deck in decks)
    if page == "guide":  # a run of show, and what is secret, begin a page of their own
        before, parts = cut_up(markup, "h2")
        for part in parts:
            kind = "show" if part.startswith("<h2>Run of show") else "key" if part.startswith("<h2>Teacher") else "part"
            before += f'<section class="{kind}">{part}</section>'
        markup = before
    if page == "evidence":
        _, parts = cut_up(markup, "h1")
        markup = "".join(f'<section class="sheet">{part}</section>' for part in parts)
    title = f"{workshop.name}: {page}"
    style = PAGE_STYLE.replace("FOOT", f"Open Experts, workshop {title}")
    return document(title, style, f'<body class="{page}"><main>{markup}</main></body>')


def deck_html(markup: str) -> str:
    """A deck's heading and note, and its cards, two in a row."""
    before, cards = cut_up(markup, "h2")
    rows = ["".join(f'<div class="card">{card}</div>' for card in cards[i : i + 2]) for i in range(0, len(cards), 2)]
    return before + "".join(f'<div class="row">{row}</div>' for row in rows)


def document(title: str, style: str, body: str) -> str:
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    head += f"<title>{html.escape(title)}</title>"
    return f'<!doctype html>\n<html lang="en"><head>{head}<style>{style}</style></head>\n{body}</html>\n'


# Slides

SLIDE_STYLE = """
@page { size: 1280px 720px; margin: 0; }
* { box-sizing: border-box; }
body { margin: 0; background: white; color: black; font: 29px/1.32 "DejaVu Sans", Verdana, sans-serif; }
section { width: 1280px; min-height: 720px; padding: 34px 56px 36px; position: relative; break-after: page; }
section:last-of-type { break-after: auto; }
h1 { font-size: 42px; margin: 0 0 16px; } h2 { font-size: 36px; margin: 0 0 14px; }
h3 { font-size: 29px; margin: 0 0 8px; }
p, ul, ol, table, pre, blockquote { margin: 0 0 14px; }
img { display: block; margin: 0 auto 10px; height: 380px; max-width: 100%; object-fit: contain; }
section:not(:has(img)) { font-size: 35px; }
pre { font: 0.85em/1.3 "DejaVu Sans Mono", monospace; white-space: pre-wrap; }
code { font-family: "DejaVu Sans Mono", monospace; font-size: 0.9em; }
blockquote { border-left: 6px solid black; padding: 4px 0 4px 22px; }
table { border-collapse: collapse; font-size: 0.88em; }
td:first-child { white-space: nowrap; }
th, td { border: 1px solid black; padding: 4px 10px; text-align: left; }
footer { position: absolute; right: 56px; bottom: 10px; font-size: 15px; }
a { color: black; }
@media screen { body { overflow: hidden; } section { display: none; transform-origin: top left; }
  section.now { display: block; } }
"""

# Arrows, space, page keys, Home, End, a click or a tap; the number in the address is the slide.
SLIDE_SCRIPT = """
const slides = [...document.querySelectorAll("section")];
function show(number) {
  const now = Math.min(Math.max(number, 0), slides.length - 1);
  slides.forEach((slide, place) => slide.classList.toggle("now", place === now));
  const scale = Math.min(innerWidth / 1280, innerHeight / 720);
  slides[now].style.transform = `translate(${(innerWidth - 1280 * scale) / 2}px, 0) scale(${scale})`;
  history.replaceState(null, "", "#" + (now + 1));
}
const here = () => (parseInt(location.hash.slice(1)) || 1) - 1;
const steps = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1,
  Home: -1e9, End: 1e9 };
addEventListener("keydown", (event) => {
  if (event.key in steps) { event.preventDefault(); show(here() + steps[event.key]); }
});
addEventListener("click", (event) => show(here() + (event.clientX < innerWidth / 3 ? -1 : 1)));
addEventListener("resize", () => show(here()));
addEventListener("hashchange", () => show(here()));
addEventListener("beforeprint", () => slides.forEach((slide) => (slide.style.transform = "none")));
addEventListener("afterprint", () => show(here()));
show(here());
"""


def slide_cells(notebook) -> list[list]:
    """The cells of each slide, by the standard cell metadata `slideshow`: a cell of type `slide` begins one; `skip`
    and `notes` are for whoever reads the notebook."""
    slides = []
    for cell in notebook.cells:
        kind = cell.metadata.get("slideshow", {}).get("slide_type", "-")
        if kind in ("slide", "subslide"):
            slides.append([])
        if slides and kind not in ("skip", "notes"):
            slides[-1].append(cell)
    return slides


def slide_titles(notebook) -> list[str]:
    """The first heading of each slide."""
    titles = []
    for cells in slide_cells(notebook):
        heading = re.search(r"^#+ +(.+)$", cells[0].source, re.MULTILINE) if cells[0].cell_type == "markdown" else None
        titles.append(heading[1].strip() if heading else "")
    return titles


def slides_html(workshop: Workshop, notebook) -> str:
    """The executed lesson as slides: words and what cells gave; code stays in the notebook."""
    slides = slide_cells(notebook)
    parts = []
    for number, cells in enumerate(slides, start=1):
        markup = "".join(_markdown(cell.source) if cell.cell_type == "markdown" else shown(cell) for cell in cells)
        markup = re.sub(r"<a [^>]*>(.*?)</a>", r"\1", markup)  # a projector follows no links
        parts.append(f"<section>{markup}<footer>{workshop.name} &middot; {number} of {len(slides)}</footer></section>")
    body = f"<body><main>{''.join(parts)}</main><script>{SLIDE_SCRIPT}</script></body>"
    return document(f"{workshop.name}: slides", SLIDE_STYLE, body)


def shown(cell) -> str:
    """What a code cell printed and drew."""
    parts = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream" and output.name == "stdout":
            parts.append(f"<pre>{html.escape(output.text)}</pre>")
        elif output.output_type in ("display_data", "execute_result"):
            picture = output.data.get("text/html", "")
            parts.append(picture or f"<pre>{html.escape(output.data.get('text/plain', ''))}</pre>")
    return "".join(parts)


def execute(workshop: Workshop, notebook, on_cell=None) -> None:
    """Run the notebook in a kernel of its own, in its folder; outputs land in `notebook`."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    client = NotebookClient(
        notebook,
        timeout=600,
        on_cell_complete=on_cell,
        resources={"metadata": {"path": str(workshop.lesson.parent)}},
    )
    try:
        client.execute(stderr=subprocess.DEVNULL)  # what the kernel itself says on its way
    except AssertionError:
        if client.km is not None:
            raise
        # nbclient takes Ctrl-C for itself: it ends the kernel, and then stumbles over there being none.
        raise KeyboardInterrupt from None
    except CellExecutionError as error:
        raise CourseError(f"The lesson {workshop.lesson.name} stopped: {error.ename}: {error.evalue}") from None
    except CellTimeoutError:
        raise CourseError(f"The lesson {workshop.lesson.name} took more than {client.timeout} seconds a cell") from None
    except DeadKernelError:
        raise CourseError(
            f"The lesson {workshop.lesson.name} was ended from outside, often for want of memory: close other programs"
        ) from None


# Making


def browser() -> str | None:
    """The system's Chromium or Chrome."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def print_pdf(source: Path) -> Path:
    """Let the browser print an HTML file to the PDF beside it."""
    program, target = browser(), source.with_suffix(".pdf")
    if program is None:
        raise CourseError(f"The pages were not printed: {NO_BROWSER}.")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:  # a stopped browser may still write
        command = [program, "--headless", f"--user-data-dir={profile}", "--no-sandbox", "--disable-quic"]
        command += ["--no-first-run", "--disable-background-networking", "--disable-component-update"]
        command += ["--disable-sync", "--disable-gpu", "--disable-dev-shm-usage", "--no-pdf-header-footer"]
        command += [f"--print-to-pdf={target}", source.resolve().as_uri()]
        target.unlink(missing_ok=True)
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=60 * PRINT_MINUTES)
        except subprocess.TimeoutExpired:
            raise CourseError(
                f"{program} did not print {source.name} in {PRINT_MINUTES} minutes: close other programs, or start the "
                "machine anew, then start this again."
            ) from None
    if not target.is_file():
        last = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise CourseError(f"{program} did not print {source.name}: {last}")
    return target


def require_fit(pdf: Path, n_slides: int) -> None:
    """A slide that is too long for its page runs over to another: say so, where nobody would see it on a screen."""
    n_pages = len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))  # Chromium writes pages uncompressed
    if n_pages != n_slides:
        raise CourseError(
            f"{pdf} has {n_pages} pages for {n_slides} slides: look which one runs over its page, and shorten it."
        )


def make(workshop: Workshop) -> Iterator[str]:
    """Write all pages and slides of a workshop; says each step before it is done."""
    absent = missing(workshop)
    if absent:
        raise CourseError(f"Workshop {workshop.name} is not whole: write {', '.join(absent)}.")
    if browser() is None:
        raise CourseError(f"The pages were not made: {NO_BROWSER}.")
    before = fingerprint(workshop)  # who edits meanwhile is told so by the check
    workshop.made.mkdir(parents=True, exist_ok=True)
    (workshop.made / MADE_FROM).unlink(missing_ok=True)
    for page in PAGES:
        yield f"{page}.pdf"
        file = workshop.made / f"{page}.html"
        file.write_text(page_html(workshop, page), encoding="utf-8")
        print_pdf(file)
    yield "slides (the lesson runs)"
    notebook = nbformat.read(workshop.lesson, as_version=4)
    execute(workshop, notebook)
    file = workshop.made / "slides.html"
    file.write_text(slides_html(workshop, notebook), encoding="utf-8")
    yield "slides.pdf"
    require_fit(print_pdf(file), len(slide_cells(notebook)))
    (workshop.made / MADE_FROM).write_text(before, encoding="utf-8")


STEPS = len(PAGES) + 2  # what `make` says


def up_to_date(workshop: Workshop) -> bool:
    """Whether everything was made from the words as they are now."""
    file = workshop.made / MADE_FROM
    known = file.read_text(encoding="utf-8") if file.is_file() else ""
    return not missing(workshop) and not unmade(workshop) and known == fingerprint(workshop)


def unmade(workshop: Workshop) -> list[str]:
    """The names of the pages and slides that are not there."""
    wanted = [f"{page}.pdf" for page in (*PAGES, "slides")] + ["slides.html"]
    return [name for name in wanted if not (workshop.made / name).is_file()]


# The day before


@dataclass(frozen=True)
class Finding:
    """One line of the check: what was looked at, whether it is well, and what to do if not."""

    what: str
    ok: bool
    words: str


def check(workshop: Workshop) -> Iterator[Finding]:
    """Whether this machine is ready for the workshop, one finding after the other."""
    absent = missing(workshop)
    yield Finding("the workshop's files", not absent, f"missing: {', '.join(absent)}" if absent else "all there")
    if absent:
        return
    make_it = "type `make workshops`"
    lacking = unmade(workshop)
    if lacking:
        yield Finding("printed pages and slides", False, f"not made yet: {', '.join(lacking)}; {make_it}")
    elif not up_to_date(workshop):
        yield Finding("printed pages and slides", False, f"older than the words they were made from; {make_it}")
    else:
        place = workshop.made.relative_to(workshop.root)
        yield Finding("printed pages and slides", True, f"in {place}: print the PDFs, open slides.html")
    if workshop.made.is_dir():  # of pages that are not there, nothing can be said
        yield network(workshop)
    yield lesson_runs(workshop)
    found = browser()
    yield Finding("a browser to show and print", found is not None, found or NO_BROWSER)
    free = shutil.disk_usage(workshop.root).free
    room = f"{free / 1e9:.1f} GB free"
    yield Finding("room on the disk", free > FREE_BYTES, room if free > FREE_BYTES else f"{room}; make room for 0.5 GB")


OUTSIDE = re.compile(r"""(?:src|href|action|data)\s*=\s*["']?\s*(?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import""")


def network(workshop: Workshop) -> Finding:
    """Whether a made page asks for anything outside its own file when it opens; a link waits for a click."""
    asking = []
    for file in sorted(workshop.made.glob("*.html")):
        text = re.sub(r"<a [^>]*>", "", file.read_text(encoding="utf-8"))
        if OUTSIDE.search(text):
            asking.append(file.name)
    if asking:
        return Finding("no network needed", False, f"{', '.join(asking)} asks for it; tell a maintainer")
    return Finding("no network needed", True, "pages and slides carry all they show")


# Looks only: `load` would bring a model that is missing, and that may take a network.
MODEL_IS_HERE = """
from openexperts import open_model

if open_model.missing():
    raise RuntimeError(open_model.missing())
open_model.load(), open_model.load_tokenizer()
"""


def lesson_runs(workshop: Workshop) -> Finding:
    """Run the lesson's first code cell, and load the open model if the lesson uses it, with the hub switched off."""
    notebook = nbformat.read(workshop.lesson, as_version=4)
    uses_model = "open_model" in "".join(cell.source for cell in notebook.cells)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    offline = nbformat.v4.new_code_cell("import os\nos.environ['HF_HUB_OFFLINE'] = '1'")
    cells = [offline, first]
    if uses_model:
        cells.append(nbformat.v4.new_code_cell(MODEL_IS_HERE))
    notebook.cells = cells
    try:
        execute(workshop, notebook)
    except CourseError as error:
        what_to_do = "type `.venv/bin/openexperts model`" if uses_model else "ask whoever installed the course"
        return Finding("the lesson on this machine", False, f"{error}; {what_to_do}")
    words = "the open model is here" if uses_model else "it needs no model"
    return Finding("the lesson on this machine", True, f"its first cell runs, and {words}")
