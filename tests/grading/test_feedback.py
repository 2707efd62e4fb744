"""The feedback page: what it says, what it must not say, and that nothing a learner wrote runs in it.

A class of one is put into a gradebook by hand and its autograded notebook is written by hand too, so that no kernel is
needed; nbgrader's own converter then makes the page.
"""

import json
import re

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.server_extensions.formgrader import handlers
from playwright.sync_api import sync_playwright
from traitlets.config import Config

from openexperts.grading.course import use_programs_of_this_environment
from openexperts.grading.feedback import split_message, without_secrets
from openexperts.grading.pages import configure_pages
from openexperts.grading.sanitise import SanitiseOutputs, clean_html, clean_output, markdown_to_html, mathml

CHROMIUM = (
    "--no-sandbox --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
HIDDEN_LINE = "assert add(41, 1) == 42, 'a secret sum'"
SCHEME = "4 points for a clear answer, 2 for a guess"
# Each would say so in the page's title.
ATTACKS = (
    "<script>document.title = 'owned'</script>",
    "<img src=x onerror=\"document.title = 'owned'\">",
    "<svg onload=\"document.title = 'owned'\"><script>document.title = 'owned'</script></svg>",
    "<a href=\"javascript:document.title = 'owned'\" id='summary'>link</a>",
    "<iframe srcdoc=\"<script>parent.document.title = 'owned'</script>\"></iframe>",
    "<math><mtext><table><mglyph><style><img src=x onerror=\"document.title='owned'\"></style></table></mtext></math>",
    "<img src='http://127.0.0.1:9/track.png' alt='remote'>",
    "<style>body { display: none }</style><link rel=stylesheet href='http://127.0.0.1:9/x.css'>",
    "<form action='http://127.0.0.1:9/'><input autofocus onfocus=\"document.title = 'owned'\"></form>",
    "<noscript><p title=\"</noscript><img src=x onerror=document.title='owned'>\"></noscript>",
)
TEX_ATTACKS = (r"\text{<img src=x onerror=document.title='owned'>}", r"\href{javascript:document.title='owned'}{x}")


def cell_of(grade_id, source, outputs=(), kind="code", points=None, **roles):
    roles = {"grade": False, "solution": False, "task": False, "locked": False} | roles
    metadata = {"nbgrader": {"grade_id": grade_id, "schema_version": 3, **roles}}
    if points is not None:
        metadata["nbgrader"]["points"] = points
    if kind == "markdown":
        return new_markdown_cell(source, metadata=metadata)
    return new_code_cell(source, metadata=metadata, outputs=list(outputs))


def failed(name, message):
    return new_output("error", ename=name, evalue=message, traceback=[f"secret frame: {message}"])


def notebook():
    """An autograded notebook with every kind of cell, by an attacker."""
    check = {"grade": True, "locked": True}
    attack = "\n\n".join(ATTACKS) + "\n\n" + "\n\n".join(f"${tex}$" for tex in TEX_ATTACKS)
    outputs = [
        new_output("display_data", {"text/html": attack, "text/plain": "x"}),
        new_output("display_data", {"image/svg+xml": ATTACKS[2]}, metadata={"alt": "a drawing"}),
        new_output("display_data", {"application/javascript": "document.title = 'owned'"}),
        new_output("display_data", {"text/markdown": attack}),
        new_output("display_data", {"text/latex": f"${TEX_ATTACKS[0]}$"}),
        new_output("display_data", {"image/png": 'x" onerror="document.title = 1'}),
        new_output("stream", name="stdout", text="half \ud800 a character"),
        new_output("stream", name="stdout", text=f"<b>plain</b>\n---> 3     {HIDDEN_LINE}\n"),
        new_output("error", ename="ValueError", evalue="mine", traceback=["mine, line 1"]),
    ]
    visible = failed(
        "CheckFailed", "the sum: expected 3, yours gave 4 \ud800.\nLikely: off by one.\nLook at: the `return`."
    )
    hidden = failed("CheckFailed", "a large sum: expected 987654, yours gave 123456.\nLikely: an overflow.")
    plain = failed("AssertionError", "a secret sum")
    guarded = f"# More checks run here.\n### BEGIN HIDDEN TESTS\n{HIDDEN_LINE}\n### END HIDDEN TESTS"
    cells = [
        new_markdown_cell("# The lab"),
        cell_of("set-up", "import math", locked=True),
        new_markdown_cell("### Part 1. Add (3 points)\n\nwith $x^2$ and ![no](pictures/x.png)"),
        cell_of("add", "def add(a, b):\n    return a - b", outputs, solution=True),
        cell_of("add-visible", "_check()", [visible], points=1, **check),
        cell_of("add-hidden", guarded, [hidden], points=2, **check),
        new_markdown_cell("### Part 2. Pass (3 points)"),
        cell_of("pass-visible", "pass", [], points=1, **check),
        cell_of("pass-hidden", guarded, [plain], points=2, **check),
        new_markdown_cell("### Part 3. Words (4 points)"),
        cell_of(
            "words", f"Why?\n\n=== BEGIN MARK SCHEME ===\n{SCHEME}\n=== END MARK SCHEME ===", kind="markdown", points=4,
            task=True, locked=True,
        ),
        new_markdown_cell(attack, metadata={"tags": ['x" onclick="document.title = 1']}),
    ]  # fmt: skip
    return new_notebook(cells=cells, metadata={"language_info": {"name": "python", "pygments_lexer": '"><b>'}})


SCORES = {"add-visible": 0, "add-hidden": 0, "pass-visible": 1, "pass-hidden": 0}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course folder whose gradebook knows the lab."""
    use_programs_of_this_environment()  # nbgrader starts `alembic` by its bare name
    root = tmp_path_factory.mktemp("course")
    with Gradebook(f"sqlite:///{root}/gradebook.db", "any-course") as gradebook:
        gradebook.add_assignment("lab")
        gradebook.add_notebook("lab", "lab")
        for cell in notebook().cells:
            about = cell.metadata.get("nbgrader")
            if about and about["grade"]:
                gradebook.add_grade_cell(
                    about["grade_id"], "lab", "lab", max_score=about["points"], cell_type=cell.cell_type
                )
            elif about and about["task"]:
                gradebook.add_task_cell(about["grade_id"], "lab", "lab", max_score=4, cell_type=cell.cell_type)
            elif about and about["solution"]:
                gradebook.add_solution_cell(about["grade_id"], "lab", "lab")
    return root


def configuration(root):
    config = Config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.course_id = "any-course"
    config.CourseDirectory.db_url = f"sqlite:///{root}/gradebook.db"
    configure_pages(config)
    return config


def feedback(root, learner, nb, scores, comment="", manual=None):
    """What nbgrader's `generate_feedback` makes of this notebook and these marks."""
    with Gradebook(f"sqlite:///{root}/gradebook.db", "any-course") as gradebook:
        gradebook.update_or_create_student(learner)
        gradebook.update_or_create_submission("lab", learner)
        for grade in gradebook.find_submission("lab", learner).notebooks[0].grades:
            if grade.name in scores:
                grade.auto_score, grade.needs_manual_grade = scores[grade.name], False
            if manual and grade.name in manual:
                grade.manual_score, grade.needs_manual_grade = manual[grade.name], False
        if comment:
            gradebook.find_comment("add", "lab", "lab", learner).manual_comment = comment
        gradebook.db.commit()
    folder = root / "autograded" / learner / "lab"
    folder.mkdir(parents=True)
    (folder / "lab.ipynb").write_text(json.dumps(nb), encoding="utf-8")  # nbformat cannot write half a character
    result = NbGraderAPI(config=configuration(root)).generate_feedback("lab", learner)
    assert result["success"], result
    return (root / "feedback" / learner / "lab" / "lab.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def given(course):
    """The attacker's feedback."""
    return feedback(course, "mallory", notebook(), SCORES, comment="**Nice** <script>document.title = 'owned'</script>")


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<body>")[2]))


def test_says_what_was_lost_and_why(given):
    text = words(given)
    assert "1 of 10 points so far" in text
    assert "A person still marks 4 points" in text
    assert "the sum: expected 3, yours gave 4 ?." in text
    assert "off by one" in text and "the return" in text.replace("  ", " ")
    assert "3 points lost in: visible check, hidden check" in text
    assert "Visible check: 1 of 1 point, passed" in text


def test_tells_no_secret_of_a_hidden_check(given):
    for secret in ("987654", "123456", "a secret sum", HIDDEN_LINE, "41, 1", SCHEME, "HIDDEN TESTS", "secret frame"):
        assert secret not in given
    text = words(given)
    assert "a large sum" in text and "an overflow" in text  # its subject and its advice stay
    assert "a check that runs after you submit did not hold" in text
    assert "The visible check of this part passes" in text  # part 2's hint, and only there
    assert text.count("The visible check of this part passes") == 1


def test_keeps_what_the_learner_needs(given):
    text = words(given)
    assert "ValueError" not in text and "mine, line 1" in text  # their own error, with its traceback
    assert "&lt;b&gt;plain&lt;/b&gt;" in given  # what they printed is text
    assert "Nice" in text and "Why?" in text
    assert 'alt="a drawing"' in given


@pytest.mark.parametrize("seen", ["expected 3, yours gave 4", "stopped with ValueError: 3 is not 4", "holds: 7"])
def test_a_hidden_finding_has_no_numbers(seen):
    reason = without_secrets(split_message(f"the sum, top 2: {seen}\nLook at: step 1."))
    assert reason.what == "the sum, top 2" or "holds" in seen
    assert not re.search("[3457]", reason.finding)
    assert reason.look_at == "step 1."


def test_not_graded_is_not_a_zero(course):
    nb = notebook()
    nb.metadata["openexperts"] = {
        "state": "not graded",
        "why": "The file <b>ends</b> in the middle.",
        "findings": [{"kind": "x", "words": "A link <i>led</i> away.", "needs_person": True}],
    }
    page = feedback(course, "nobody", nb, {})
    assert "Not graded." in page and "The file &lt;b&gt;ends&lt;/b&gt; in the middle." in page
    assert "A link &lt;i&gt;led&lt;/i&gt; away." in page and "A person looks at this." in page
    assert "0 of 10" not in words(page) and "– of 3" in words(page)


def test_a_cell_that_is_gone_keeps_its_row(course):
    nb = notebook()
    nb.cells = [cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") != "add-hidden"]
    assert "Not in the notebook" in words(feedback(course, "gone", nb, SCORES))


def test_a_person_may_overrule_a_check(course):
    page = words(feedback(course, "overruled", notebook(), SCORES, manual={"add-hidden": 2, "words": 3}))
    assert "A person set these points." in page
    assert "6 of 10 points ." in page and "so far" not in page


def test_nothing_runs_or_is_fetched_and_a_screen_reader_finds_its_way(given, course):
    """In a real browser: the page, and what Formgrader shows of the same notebook."""
    nb, _ = SanitiseOutputs().preprocess(notebook(), {})
    config = Config()
    configure_pages(config)
    config.HTMLExporter.template_name = "formgrade"  # as Formgrader's server extension does
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    formgrader, _ = HTMLExporter(config=config).from_notebook_node(nb, resources=FORMGRADER)
    shown = course / "formgrader.html"
    shown.write_text(formgrader, encoding="utf-8")
    pages = [course / "feedback/mallory/lab/lab.html", shown]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM.split())
        for path in pages:
            tab = browser.new_page(viewport={"width": 800, "height": 900})
            fetched = []
            tab.on("request", lambda request, fetched=fetched: fetched.append(request.url))
            tab.goto(path.as_uri())
            tab.evaluate("for (const link of document.links) if (link.protocol == 'javascript:') link.click()")
            tab.wait_for_timeout(300)
            assert "owned" not in tab.title() and tab.title()
            remote = [url for url in fetched if not url.startswith(("data:", "file:"))]
            assert remote == []
            if path == shown:  # Formgrader's script waits for this word
                assert tab.evaluate("new Promise((tell) => MathJax.Hub.Startup.signal.Interest(tell))") == "End"
            else:
                assert tab.evaluate("document.documentElement.scrollWidth") <= 800
                results = Axe().run(tab, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]})
                assert results.violations_count == 0, results.generate_report()
        browser.close()


FORMGRADER = {"base_url": "file:///nowhere", "index": 0, "total": 1, "notebook_id": "lab", "submission_id": "1"}


@pytest.mark.parametrize("attack", ATTACKS)
def test_clean_html_keeps_no_handle(attack):
    for clean in (clean_html(attack), markdown_to_html(attack), markdown_to_html(f"![$x$ {attack}](x) `{attack}`")):
        tags = re.findall(r"<[^>]*>", clean)
        assert not [
            tag for tag in tags if re.search(r"\son\w+=|javascript:|http:|<(script|style|svg|form|i?frame)", tag)
        ]


@pytest.mark.parametrize("tex", [*TEX_ATTACKS, r"\newcommand{\a}{xx}\a", "x" * 10_000, r"\frac{", "{" * 3000])
def test_tex_becomes_mathml_or_text(tex):
    made = mathml(tex)
    assert made.startswith(("<math", "<code"))
    assert "<img" not in made and "href=" not in made


def test_tags_too_deep_for_a_parser_are_left_out():
    """Each of these takes an HTML parser minutes."""
    for deep in ("<div>" * 40_000, "<div><table></div></table>" * 20_000, '<div title="</div>">' * 20_000):
        assert "too many tags" in clean_html(deep)
    assert clean_html("<table>" + "<tr><td>1</td></tr>" * 2_000 + "</table>").count("<td>") == 2_000


@pytest.mark.parametrize("output", [{}, {"output_type": "x", "data": 3}, {"output_type": "error", "traceback": 1},
                                    {"output_type": "stream", "text": ["a", "b"], "name": 7},
                                    {"output_type": "execute_result", "data": {"text/plain": "0.5"}}])  # fmt: skip
def test_any_output_becomes_a_valid_one(output):
    nb = new_notebook(cells=[new_code_cell("x")])
    nb.cells[0].outputs = [nbformat.from_dict(clean_output(output))]
    nbformat.validate(nb)
