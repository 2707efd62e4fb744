"""What must stay true of every workshop's folder, of the pages made from it, and of the check before the day."""

import re
import shutil
from pathlib import Path

import nbformat
import pypdfium2
import pytest

from notebooks import ROOT
from openexperts import cli, workshops
from openexperts.grading.course import CourseError

WORKSHOPS = workshops.workshops(ROOT)
GUIDE = (
    "What to bring",
    "Ready? The day before",
    "Ground rules",
    "Content notes",
    "Neutrality note",
    "Run of show: 60 minutes",
    "Run of show: 90 minutes",
    "Run of show: 180 minutes",
    "Five likely remarks",
    "Variants",
    "Teacher's key",
)
VARIANTS = ("Accessible.", "Remote.", "Paper only.", "If the room's machine fails.")
HEAD = ("Claim", "Source", "Date", "Scope", "Interest of the speaker", "Confidence")
READING_LEVEL = 6.0  # a grade of the Automated Readability Index: readers of about 12, at sight
MEASURED = ("guide", "handout", "cards", "survey")

each = pytest.mark.parametrize("workshop", WORKSHOPS, ids=lambda workshop: workshop.name)


def section(text: str, heading: str) -> str:
    """What stands below a second-level heading that begins with these words; fails if there is none."""
    found = re.search(rf"^## {re.escape(heading)}.*\n((?:(?!## ).*\n?)*)", text, re.MULTILINE)
    assert found, f"no section {heading!r}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The rows of the first table, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[field.strip() for field in line.strip("|").split("|")] for line in lines[2:]]


def names_of_slides(text: str) -> list[tuple[int, str]]:
    return [(int(number), title) for number, title in re.findall(r"[Ss]lide (\d+), \*([^*]+)\*", text)]


def reading_level(text: str) -> float:
    """The Automated Readability Index of running text: needs letters, words and sentences only.

    No library: textstat 0.7.13 fetches a dictionary from a network when it first counts syllables.
    """
    text = re.sub(r"^#.*$|^\|[-|: ]+\|$|_{2,}|`[^`]*`", "", text, flags=re.MULTILINE)
    sentences = re.split(r"[.!?](?=[\s\"*)]|$)|\n|\|", text)
    found = [re.findall(r"[A-Za-z0-9'-]+", sentence) for sentence in sentences]
    found = [words for words in found if len(words) >= 5]  # headings, fields and single words are no sentences
    n_words = sum(map(len, found))
    letters = sum(len(word) for words in found for word in words)
    return 4.71 * letters / n_words + 0.5 * n_words / len(found) - 21.43


@each
def test_a_folder_is_whole(workshop):
    assert workshops.missing(workshop) == []


@each
def test_a_guide_says_all_that_a_facilitator_needs(workshop):
    guide = workshops.words(workshop, "guide")
    for heading in GUIDE:
        assert section(guide, heading).strip(), heading
    assert "**Purpose.**" in guide
    for variant in VARIANTS:
        assert f"**{variant}**" in section(guide, "Variants"), variant
    remarks = re.findall(r'^\d\. \*\*".+?"\*\*.* "', section(guide, "Five likely remarks"), re.MULTILINE)
    assert len(remarks) == 5, "five remarks, each in bold, and an answer in quotation marks"
    assert section(guide, "Ready? The day before").count("- [ ]") >= 4


@each
@pytest.mark.parametrize("length", (60, 90, 180))
def test_the_minutes_of_a_run_of_show_add_up(workshop, length):
    show = section(workshops.words(workshop, "guide"), f"Run of show: {length} minutes")
    now = 0
    for row in rows(show):
        assert len(row) == 5 and all(row), row
        start, end = map(int, row[0].split("–"))
        assert start == now < end, f"{row[0]} follows minute {now}"
        now = end
    assert now == length
    assert "**Cut here**" in show


@each
def test_slides_that_a_guide_names_are_in_the_lesson(workshop):
    titles = workshops.slide_titles(nbformat.read(workshop.lesson, as_version=4))
    assert all(titles), "every slide begins with a heading"
    named = names_of_slides(workshops.words(workshop, "guide"))
    assert len(named) > 10
    wrong = [(number, title) for number, title in named if titles[number - 1 : number] != [title]]
    assert not wrong, wrong


@each
def test_slides_show_no_raw_formula(workshop):
    """Slides are words and pictures: nothing turns TeX into a formula there."""
    slides = workshops.slide_cells(nbformat.read(workshop.lesson, as_version=4))
    assert not [
        cell.source for cells in slides for cell in cells if cell.cell_type == "markdown" and "$" in cell.source
    ]


@each
def test_every_sheet_of_evidence_says_where_it_is_from(workshop):
    numbers = []
    for sheet in sorted(workshop.folder.glob("evidence/*.md")):
        text = sheet.read_text(encoding="utf-8")
        numbers.append(re.match(r"# (E\d\d)\. \S", text)[1])
        assert numbers[-1] == f"E{sheet.name[:2]}"
        for field in HEAD:
            assert re.search(rf"^- \*\*{field}:\*\* \S", text, re.MULTILINE), (sheet.name, field)
    everything = "".join(path.read_text(encoding="utf-8") for path in workshop.folder.glob("*.md"))
    named = set(re.findall(r"\bE\d\d\b", everything))
    assert named == set(numbers), "each sheet is used, and each that is named exists"


@each
def test_cards_with_a_role_have_an_interest_two_facts_and_a_concession(workshop):
    cards = workshops.words(workshop, "cards").split("\n## ")[1:]
    assert len(cards) >= 4
    for card in cards:
        if card.startswith("Role: "):
            for field in ("Interest", "Fact 1", "Fact 2", "Concession"):
                assert f"**{field}.** " in card, (card.splitlines()[0], field)


@each
def test_a_rubric_marks_opposite_positions_alike(workshop):
    rubric = workshops.words(workshop, "rubric")
    levels = [row[0].strip("*") for row in rows(section(rubric, "Four levels"))]
    assert levels == ["4", "3", "2", "1", "0"]
    samples = re.findall(r"^\*\*Sample ([AB]), .*?: (\d) points\.\*\*", rubric, re.MULTILINE)
    assert [name for name, _ in samples] == ["A", "B"] and len({points for _, points in samples}) == 1
    assert len(re.findall(r"^- ", section(rubric, "Comment bank"), re.MULTILINE)) >= 5


@each
def test_a_survey_has_six_questions_before_and_after(workshop):
    survey = workshops.words(workshop, "survey")
    assert [row[0][:2] for row in rows(survey)] == [f"{number}." for number in range(1, 7)]
    assert "| before | after |" in survey


@each
def test_what_is_wrong_on_purpose_is_in_the_teachers_pages_only(workshop):
    key = section(workshops.words(workshop, "guide"), "Teacher's key")
    told = set(re.findall(r"E\d\d", (re.search(r"\*\*Wrong on purpose:\*\*(.*)", key) or [""])[0]))
    for page in ("handout", "cards", "survey", "evidence"):
        for sheet in told:
            assert not re.search(rf"{sheet}[^.\n]*wrong", workshops.words(workshop, page)), (page, sheet)


@each
@pytest.mark.parametrize("page", MEASURED)
def test_a_school_can_read_it(workshop, page):
    assert reading_level(workshops.words(workshop, page)) <= READING_LEVEL


def test_the_reading_level_tells_hard_from_easy():
    easy = "The cat sat on the mat. We saw it run to the big tree."
    hard = (
        "Notwithstanding considerable methodological heterogeneity, contemporary investigators hypothesise reliability."
    )
    assert reading_level(easy) < 2 and reading_level(hard) > 20


# What is made


@pytest.fixture(scope="session", params=WORKSHOPS[-1:], ids=lambda workshop: workshop.name)
def made(request, tmp_path_factory) -> workshops.Workshop:
    """A workshop, made once, in a course of its own: the last one, or the one that a test asks for."""
    original, root = request.param, tmp_path_factory.mktemp("course")
    workshop = workshops.Workshop(root, original.name)
    shutil.copytree(original.folder, workshop.folder)
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    workshop.lesson.parent.mkdir()
    shutil.copy(original.lesson, workshop.lesson)
    assert len(list(workshops.make(workshop))) == workshops.STEPS
    return workshop


each_made = pytest.mark.parametrize("made", WORKSHOPS, ids=lambda workshop: workshop.name, indirect=True)


def pages(path: Path) -> int:
    document = pypdfium2.PdfDocument(path)
    try:
        return len(document)
    finally:
        document.close()


@each_made
def test_what_is_made_is_whole_and_asks_no_network(made):
    assert workshops.unmade(made) == [] and workshops.up_to_date(made)
    assert workshops.network(made).ok
    slides = (made.made / "slides.html").read_text(encoding="utf-8")
    titles = workshops.slide_titles(nbformat.read(made.lesson, as_version=4))
    assert slides.count("<section>") == len(titles)
    assert "<img alt=" in slides and "plots.show" not in slides, "pictures, and no code"


@each_made
def test_every_slide_fits_its_page(made):
    titles = workshops.slide_titles(nbformat.read(made.lesson, as_version=4))
    assert pages(made.made / "slides.pdf") == len(titles)
    with pytest.raises(CourseError, match="runs over its page"):
        workshops.require_fit(made.made / "slides.pdf", len(titles) - 1)


@each
def test_a_handout_is_one_page(workshop, tmp_path):
    file = tmp_path / "handout.html"
    file.write_text(workshops.page_html(workshop, "handout"), encoding="utf-8")
    assert pages(workshops.print_pdf(file)) == 1


@each_made
def test_pages_carry_their_name_and_number(made):
    document = pypdfium2.PdfDocument(made.made / "guide.pdf")
    text = document[1].get_textpage().get_text_bounded()
    assert f"workshop {made.name}: guide" in text and f"2 of {len(document)}" in text
    document.close()


def test_a_browser_that_hangs_becomes_a_sentence(tmp_path, monkeypatch):
    slow = tmp_path / "slow-browser"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(workshops, "browser", lambda: str(slow))
    monkeypatch.setattr(workshops, "PRINT_MINUTES", 0.01)
    with pytest.raises(CourseError, match="did not print survey.html in 0.01 minutes: close other programs"):
        workshops.print_pdf(tmp_path / "survey.html")


def test_a_guide_names_the_page_on_which_a_deck_is_printed(made):
    bring = section(workshops.words(made, "guide"), "What to bring")
    named = re.findall(r"^\| \*\*(.+?)\*\* \(`cards\.pdf`, page (\d)\)", bring, re.MULTILINE)
    assert len(named) >= 4
    document = pypdfium2.PdfDocument(made.made / "cards.pdf")
    for deck, page in named:
        lines = document[int(page) - 1].get_textpage().get_text_bounded().splitlines()
        assert deck.capitalize() in map(str.strip, lines), (deck, page)
    document.close()


# The check


def findings(workshop) -> dict[str, workshops.Finding]:
    return {finding.what: finding for finding in workshops.check(workshop)}


def test_the_check_says_ready_when_all_is_there(made, monkeypatch, capsys):
    monkeypatch.chdir(made.root)
    assert cli.main(["workshop", "check", made.name[:2]]) == 0
    said = capsys.readouterr().out
    assert "Ready." in said and "TO DO" not in said
    assert cli.main(["workshop", "make"]) == 0
    assert "up to date" in capsys.readouterr().out


@pytest.fixture
def copy(made, tmp_path) -> workshops.Workshop:
    """The made workshop, to spoil; its lesson's first cell costs nothing."""
    shutil.copytree(made.root, tmp_path / "course")
    workshop = workshops.Workshop(tmp_path / "course", made.name)
    return workshop


@pytest.fixture
def no_kernel(monkeypatch):
    monkeypatch.setattr(workshops, "lesson_runs", lambda workshop: workshops.Finding("the lesson", True, ""))


def test_the_check_sees_a_missing_file(copy, no_kernel, monkeypatch, capsys):
    (copy.folder / "survey.md").unlink()
    assert findings(copy)["the workshop's files"].words == f"missing: workshops/{copy.name}/survey.md"
    monkeypatch.chdir(copy.root)
    assert cli.main(["workshop", "check", copy.name]) == 1
    assert "Not ready: 1 to do" in capsys.readouterr().out
    with pytest.raises(CourseError, match="survey.md"):
        list(workshops.make(copy))


def test_the_check_sees_a_page_that_was_not_made(copy, no_kernel):
    (copy.made / "cards.pdf").unlink()
    finding = findings(copy)["printed pages and slides"]
    assert not finding.ok and "cards.pdf" in finding.words and "make workshops" in finding.words


def test_the_check_sees_pages_older_than_their_words(copy, no_kernel):
    handout = copy.folder / "handout.md"
    handout.write_text(handout.read_text(encoding="utf-8") + "\nOne more line.\n", encoding="utf-8")
    finding = findings(copy)["printed pages and slides"]
    assert not finding.ok and "older" in finding.words


def test_the_check_sees_a_page_that_wants_a_network(copy, no_kernel):
    slides = copy.made / "slides.html"
    slides.write_text(slides.read_text(encoding="utf-8") + '<script src="https://cdn.example/x.js"></script>')
    assert not findings(copy)["no network needed"].ok


def test_the_check_says_nothing_of_pages_that_are_not_there(copy, no_kernel):
    shutil.rmtree(copy.made)
    assert not findings(copy)["printed pages and slides"].ok
    assert "no network needed" not in findings(copy)


def test_the_check_sees_that_there_is_no_browser(copy, no_kernel, monkeypatch):
    monkeypatch.setattr(workshops, "BROWSERS", ("no-such-browser",))
    finding = findings(copy)["a browser to show and print"]
    assert not finding.ok and "install" in finding.words
    with pytest.raises(CourseError, match="no Chromium or Chrome was found"):
        list(workshops.make(copy))


def test_the_check_sees_a_full_disk(copy, no_kernel, monkeypatch):
    monkeypatch.setattr(workshops, "FREE_BYTES", 1e18)
    assert not findings(copy)["room on the disk"].ok


def test_the_check_sees_a_lesson_that_does_not_run(copy):
    lesson = nbformat.read(copy.lesson, as_version=4)
    next(cell for cell in lesson.cells if cell.cell_type == "code").source = "import no_such_module"
    nbformat.write(lesson, copy.lesson)
    finding = workshops.lesson_runs(copy)
    assert not finding.ok and "no_such_module" in finding.words


def test_a_lesson_that_is_ended_from_outside_is_a_sentence(copy):
    lesson = nbformat.read(copy.lesson, as_version=4)
    next(cell for cell in lesson.cells if cell.cell_type == "code").source = "import os\n\nos._exit(9)"
    nbformat.write(lesson, copy.lesson)
    finding = workshops.lesson_runs(copy)
    assert not finding.ok and "ended from outside" in finding.words


def test_ctrl_c_while_the_lesson_runs_ends_without_a_traceback(copy):
    lesson = nbformat.read(copy.lesson, as_version=4)
    to_us = "import os, signal, time\n\nos.kill(os.getppid(), signal.SIGINT)\ntime.sleep(60)"
    next(cell for cell in lesson.cells if cell.cell_type == "code").source = to_us
    with pytest.raises(KeyboardInterrupt):  # which `cli.main` says in a word
        workshops.execute(copy, lesson)


def test_a_number_that_no_workshop_has_is_a_sentence(capsys):
    assert cli.main(["workshop", "check", "99"]) == 2
    assert "There is no workshop '99'; there are: " in capsys.readouterr().err
