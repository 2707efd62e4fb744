"""What must stay true of every lesson and lab as a file, and when it runs."""

import json
import re

import nbformat
import pytest

from notebooks import LABS, LESSONS, RELEASES, ROOT, SOLUTIONS, attempts, name, read, run
from openexperts.grading.labs import grader

NOTEBOOKS = [*LESSONS, *SOLUTIONS, *RELEASES]
PART = re.compile(
    r"^#+ Part (\d+) of (\d+)\. .*\((\d+) points?, about \d+ minutes, (easy|moderate|hard)\)", re.MULTILINE
)


def each(paths):
    return pytest.mark.parametrize("path", paths, ids=name)


def test_every_unit_has_a_lesson_a_lab_and_a_release():
    units = [path.stem for path in LESSONS if path.stem != "00-start"]
    assert units and units == LABS == [path.stem for path in RELEASES]


@each(NOTEBOOKS)
def test_source_is_valid_has_ids_and_carries_no_outputs(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    ids = [cell.get("id") for cell in json.loads(path.read_text())["cells"]]
    assert all(ids) and len(set(ids)) == len(ids)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert not cell.outputs and cell.execution_count is None, cell.id
    assert notebook.metadata.kernelspec.name == "python3"


@each(NOTEBOOKS)
def test_links_lead_somewhere(path):
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            for target in re.findall(r"\]\(([^)#]+)[^)]*\)", cell.source):
                # my-labs/ is a learner's own, filled from labs/ by `openexperts lab`
                local = target.replace("my-labs/", "labs/")
                assert target.startswith("https://") or (path.parent / local).exists(), (cell.id, target)


@each(NOTEBOOKS)
def test_no_picture_in_the_text_comes_from_a_network_or_lacks_words(path):
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            for alt, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", cell.source):
                assert alt and not target.startswith("http"), cell.id


@each(SOLUTIONS + RELEASES)
def test_points_in_the_text_equal_the_metadata(path):
    notebook = read(path)
    promised, counted, parts = {}, {}, []
    for cell in notebook.cells:
        heading = PART.search(cell.source) if cell.cell_type == "markdown" else None
        if heading:
            parts.append((int(heading[1]), int(heading[2])))
            promised[parts[-1][0]] = int(heading[3])
        if grader(cell).get("points"):
            counted[parts[-1][0]] = counted.get(parts[-1][0], 0) + grader(cell)["points"]
        said = re.search(r"\((\d+) points?\)\.$", cell.source.splitlines()[0]) if cell.source else None
        if grader(cell).get("grade") and said:
            assert int(said[1]) == grader(cell)["points"], cell.id
    assert promised == counted
    assert [number for number, _ in parts] == list(range(1, len(parts) + 1))
    assert {of for _, of in parts} == {len(parts)}
    total = sum(counted.values())
    assert f"{total:g} points" in notebook.cells[0].source, "the first cell says the lab's total"


@each(SOLUTIONS)
def test_visible_checks_say_the_points_that_follow(path):
    cells = read(path).cells
    points = {grader(cell)["grade_id"]: grader(cell)["points"] for cell in cells if grader(cell).get("grade")}
    for cell in cells:
        grade_id = grader(cell).get("grade_id", "")
        if grade_id.endswith("-visible"):
            hidden = points.get(grade_id.replace("-visible", "-hidden"), 0)
            assert f"points={points[grade_id]}, hidden_points={hidden})" in cell.source, grade_id


@each(SOLUTIONS)
def test_grading_cells_are_locked_and_mark_schemes_are_where_nbgrader_removes_them(path):
    for cell in read(path).cells:
        kind = grader(cell)
        if kind.get("grade"):
            assert kind["locked"] and not kind["solution"], cell.id
            assert "-visible" in kind["grade_id"] or "### BEGIN HIDDEN TESTS" in cell.source, cell.id
        if "MARK SCHEME" in cell.source:
            assert kind.get("task"), f"{cell.id}: nbgrader clears mark schemes in Manually graded task cells only"
        if kind.get("task"):
            assert "=== BEGIN MARK SCHEME ===" in cell.source and "=== END MARK SCHEME ===" in cell.source


@each(RELEASES)
def test_a_release_holds_no_answer_hidden_check_or_mark_scheme(path):
    released = path.read_text()
    for mark in ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "MARK SCHEME"):
        assert mark not in released
    source = read(ROOT / "solutions" / path.parent.name / path.name)
    secret = set()
    for cell in source.cells:
        for block in re.findall(r"(?s)BEGIN (?:SOLUTION|HIDDEN TESTS|MARK SCHEME)(.*?)(?:###|===) END", cell.source):
            secret |= {line.strip() for line in block.splitlines() if len(line.strip()) > 30}
    assert secret
    public = {
        line.strip()
        for cell in source.cells
        for line in re.sub(
            r"(?s)(?:###|===) BEGIN (?:SOLUTION|HIDDEN TESTS|MARK SCHEME).*?(?:###|===) END", "", cell.source
        ).splitlines()
    }
    cells = "\n".join(cell.source for cell in read(path).cells)
    leaked = [line for line in secret - public if line in cells]
    assert not leaked


@each(RELEASES)
def test_every_stub_asks_for_an_answer(path):
    stubs = [cell for cell in read(path).cells if grader(cell).get("solution")]
    assert stubs and all("raise NotImplementedError" in cell.source for cell in stubs)


def outputs(notebook, kind):
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == kind:
                yield cell, output


@each([*LESSONS, *SOLUTIONS])
def test_runs_from_a_clean_kernel_without_a_network(path, tmp_path):
    notebook = run(path, tmp_path)
    assert attempts(tmp_path) == ""
    for cell, output in [*outputs(notebook, "display_data"), *outputs(notebook, "execute_result")]:
        pictures = re.findall(r"<img[^>]*>", str(output.data.get("text/html", "")))
        assert "image/png" not in output.data, f"{cell.id}: show figures with plots.show, which asks for words"
        assert all(re.search(r'alt="[^"]{20,}"', picture) for picture in pictures), cell.id
    if path in SOLUTIONS:
        for cell, output in outputs(notebook, "stream"):
            assert output.name != "stderr" or not grader(cell).get("grade"), f"{cell.id}: {output.text}"


@each(LESSONS)
def test_a_lesson_reads_as_one(path):
    cells = read(path).cells
    long = [cell.id for cell in cells if cell.cell_type == "code" and len(cell.source.splitlines()) > 14]
    assert not long, f"cells of more than 14 lines: {long}"
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    if path.stem != "00-start":
        for phrase in ("Guess", "What we saw", "What it does not show", "What it cost"):
            assert phrase.lower() in text.lower(), phrase
        assert "?" in cells[0].source, "a lesson opens with its question"
