"""Reading a stranger's submission: each thing that can be wrong with it is a sentence, and none of them is an error."""

import copy
import json
import os
import shutil
from dataclasses import replace

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.utils import determine_grade

from classroom import TOY, cell, make_course, save
from openexperts.grading import intake, labs
from openexperts.grading.intake import Bounds, Finding, Source, restore, take_in

HIDDEN = "assert double([-0.5]) == [-1.0]"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = make_course(tmp_path_factory.mktemp("intake") / "course")
    labs.release(folder, [])
    return folder


@pytest.fixture(scope="module")
def source(course):
    with Gradebook(f"sqlite:///{course}/classroom/gradebook.db") as gradebook:
        return Source.from_gradebook(gradebook, TOY, TOY)


@pytest.fixture(scope="module")
def released(course):
    return json.loads((course / "labs" / TOY / f"{TOY}.ipynb").read_text())


@pytest.fixture
def sent(released):
    """The released lab, for a test to spoil."""
    notebook = copy.deepcopy(released)
    for it in notebook["cells"]:
        it["source"] = "".join(it["source"])
    return notebook


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "submitted" / "ana" / TOY
    path.mkdir(parents=True)
    return path


def hand_in(folder, notebook, source, **bounds):
    """Take in `notebook`: its JSON, or the bytes of its file."""
    data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    (folder / f"{TOY}.ipynb").write_bytes(data)
    return take_in(folder, TOY, source, "ana", Bounds(**bounds))


def kinds(findings):
    return [finding.kind for finding in findings]


def words(findings, kind):
    (finding,) = [finding for finding in findings if finding.kind == kind]
    return finding.words


def names(notebook):
    return [labs.grade_id(it) for it in notebook.cells if labs.grade_id(it)]


def own(notebook, name):
    (found,) = [it for it in notebook.cells if labs.grade_id(it) == name]
    return found


# The lab's own cells


def test_the_gradebook_gives_hidden_checks_and_the_release_does_not(course, source):
    release = Source.from_release(course / "labs" / TOY / f"{TOY}.ipynb")
    assert [it.name for it in source.cells] == [it.name for it in release.cells]
    by_name = {it.name: it for it in source.cells}
    assert HIDDEN in by_name["double-hidden"].source and HIDDEN not in str(release)
    assert "raise NotImplementedError" in by_name["double"].source, "an answer as it was released"
    assert [it.points for it in source.cells if it.grade or it.task] == [1, 2, 1, 1, 4]
    assert by_name["in-your-words"].task and not by_name["in-your-words"].grade
    assert [it.locked for it in source.cells] == [it.locked for it in release.cells]


def test_source_as_plain_data_and_back(source):
    assert Source.from_data(json.loads(json.dumps(source.to_data()))) == source


# Honest work


def test_a_released_notebook_comes_through_as_it_is(course, released):
    release = Source.from_release(course / "labs" / TOY / f"{TOY}.ipynb")
    notebook = copy.deepcopy(released)
    assert restore(notebook, release) == []
    for ours, theirs in zip(notebook["cells"], released["cells"], strict=True):
        assert ours["metadata"] == theirs["metadata"] and ours["id"] == theirs["id"]
        assert ours["source"] == "".join(theirs["source"]) and ours["cell_type"] == theirs["cell_type"]


def test_answers_outputs_and_own_cells_are_no_findings(folder, source, sent):
    cell(sent, "double")["source"] = "def double(numbers):\n    return [2 * number for number in numbers]"
    cell(sent, "double").update(
        outputs=[{"output_type": "stream", "name": "stdout", "text": "x" * 5_000_000}], execution_count=7
    )
    cell(sent, "double")["metadata"] |= {"collapsed": True, "tags": ["mine"]}
    sent["cells"].insert(
        3, {"cell_type": "code", "id": "mine", "metadata": {"tags": ["hide-input"]}, "source": "1 +\r\n 1"}
    )
    sent["cells"].append(sent["cells"].pop(2))  # another order
    sent["metadata"] |= {"kernelspec": {"name": "my-env", "display_name": "My env", "language": "python"}, "vscode": {}}
    taken = hand_in(folder, sent, source)
    assert taken.findings == []
    assert own(taken.notebook, "double").source == cell(sent, "double")["source"]
    mine = taken.notebook.cells[2]
    assert mine.source == "1 +\n 1" and mine.metadata == {} and mine.id == "mine"
    assert taken.notebook.metadata.kernelspec.name == "python3" and "vscode" not in taken.notebook.metadata
    assert all(it.outputs == [] and it.execution_count is None for it in taken.notebook.cells if it.cell_type == "code")
    assert own(taken.notebook, "double-hidden").source.count(HIDDEN) == 1


def test_parts_in_another_order_keep_it(folder, source, sent):
    sent["cells"] = sent["cells"][:2] + sent["cells"][6:10] + sent["cells"][2:6] + sent["cells"][10:]
    taken = hand_in(folder, sent, source)
    assert taken.findings == [] and names(taken.notebook)[:4] == ["set-up", "total", "total-visible", "total-hidden"]


def test_pictures_in_an_answer_stay(folder, source, sent):
    sent["cells"][-1] |= {"source": "![](attachment:a.png)", "attachments": {"a.png": {"image/png": "aGVsbG8="}}}
    taken = hand_in(folder, sent, source)
    assert taken.findings == [] and taken.notebook.cells[-1].attachments == {"a.png": {"image/png": "aGVsbG8="}}


# Cells


def test_a_missing_check_comes_back_behind_its_answer(folder, source, sent):
    sent["cells"].remove(cell(sent, "double-visible"))
    sent["cells"].remove(cell(sent, "set-up"))
    taken = hand_in(folder, sent, source)
    assert kinds(taken.findings) == ["missing-cell"]
    assert words(taken.findings, "missing-cell").endswith("put back: set-up, double-visible.")
    assert names(taken.notebook) == [it.name for it in source.cells]
    assert [it.id for it in taken.notebook.cells][:3] == ["title", "part-1", "cell-0"], "before all code"


def test_a_missing_answer_counts_as_not_written(folder, source, sent):
    sent["cells"].remove(cell(sent, "double"))
    taken = hand_in(folder, sent, source)
    assert "counts as not written" in words(taken.findings, "missing-cell")
    assert own(taken.notebook, "double").source.endswith("raise NotImplementedError")


def test_of_cells_with_one_name_the_first_of_the_right_type_counts(folder, source, sent):
    answer, check = cell(sent, "double"), cell(sent, "double-visible")
    sent["cells"] += [answer | {"source": "second", "id": "second"}, check | {"id": "again"}]
    sent["cells"].insert(0, check | {"cell_type": "markdown", "id": "text", "source": "assert True"})
    taken = hand_in(folder, sent, source)
    assert kinds(taken.findings) == ["duplicate-cell"] * 2
    assert sorted(names(taken.notebook)) == sorted(it.name for it in source.cells)
    assert own(taken.notebook, "double").id == "double" and own(taken.notebook, "double-visible").id == "double-visible"
    assert taken.notebook.cells[0].source == "assert True" and taken.notebook.cells[0].metadata == {}
    assert [it.source for it in taken.notebook.cells[-2:]] == ["second", check["source"]], "run as the learner's own"


def test_a_retyped_cell_gets_its_type_back(folder, source, sent):
    cell(sent, "double")["cell_type"] = "markdown"
    cell(sent, "double-hidden")["cell_type"] = "raw"
    cell(sent, "in-your-words")["cell_type"] = "code"
    taken = hand_in(folder, sent, source)
    assert kinds(taken.findings) == ["retyped-cell"] * 3
    assert [own(taken.notebook, name).cell_type for name in ("double", "double-hidden", "in-your-words")] == [
        "code",
        "code",
        "markdown",
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("points", 1000),
        ("points", "many"),
        ("grade", False),
        ("locked", False),
        ("solution", True),
        ("task", True),
        ("schema_version", 1),
        ("schema_version", 99),
        ("schema_version", "3"),
    ],
)
def test_grading_details_are_the_labs_own(folder, source, sent, key, value):
    cell(sent, "double-visible")["metadata"]["nbgrader"][key] = value
    taken = hand_in(folder, sent, source)
    assert words(taken.findings, "changed-details").endswith(
        f"cell double-visible were changed ({key}); the lab's own are used."
    )
    details = own(taken.notebook, "double-visible").metadata.nbgrader
    assert details.points == 1 and details.grade is True and details.schema_version == 3 and details.solution is False


def test_a_schema_version_taken_away_is_a_finding(folder, source, sent):
    del cell(sent, "set-up")["metadata"]["nbgrader"]["schema_version"]
    assert "(schema_version)" in words(hand_in(folder, sent, source).findings, "changed-details")


@pytest.mark.parametrize("tag", ["skip-execution", "raises-exception", "remove-cell", "remove_input", "hide-output"])
def test_tags_that_change_how_a_check_runs_are_taken_off(folder, source, sent, tag):
    cell(sent, "double-visible")["metadata"] |= {"tags": [tag], "init_cell": True}
    taken = hand_in(folder, sent, source)
    assert tag in words(taken.findings, "tags")
    assert set(own(taken.notebook, "double-visible").metadata) == {"deletable", "editable", "nbgrader"}


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.update(source="pass"),
        lambda it: it.update(source=""),  # a line taken away: the release's checksum tells
        lambda it: it.update(source=it["source"] + "\nraise SystemExit"),
        lambda it: (it.update(source="pass"), it["metadata"]["nbgrader"].pop("checksum")),
    ],
)
@pytest.mark.parametrize("name", ["set-up", "double-visible", "double-hidden", "in-your-words"])
def test_an_edited_locked_cell_is_put_back_and_said(folder, source, sent, name, change):
    change(cell(sent, name))
    taken = hand_in(folder, sent, source)
    assert words(taken.findings, "edited-cell").endswith(f"put back: {name}.")
    assert own(taken.notebook, name).source == next(it.source for it in source.cells if it.name == name)


def test_cells_that_claim_to_be_the_labs_are_the_learners(folder, source, sent):
    bonus = {"grade_id": "bonus", "grade": True, "points": 500, "solution": False, "locked": True, "schema_version": 3}
    sent["cells"].append({"cell_type": "code", "id": "x", "metadata": {"nbgrader": bonus}, "source": "1"})
    taken = hand_in(folder, sent, source)
    assert "bonus" in words(taken.findings, "unknown-cell") and taken.notebook.cells[-1].metadata == {}


def test_set_up_does_not_come_after_what_needs_it(folder, source, sent):
    sent["cells"].append(sent["cells"].pop(1))
    taken = hand_in(folder, sent, source)
    assert words(taken.findings, "moved-set-up").endswith("their place: set-up.")
    assert names(taken.notebook) == [it.name for it in source.cells]


def test_a_later_set_up_stands_before_the_next_check(course, source, sent):
    """It moves with its part, and is brought back only from behind the check that needs it."""
    at = [it.name for it in source.cells].index("total-visible")
    problem = replace(source.cells[0], name="problem")
    source = Source(TOY, (*source.cells[:at], problem, *source.cells[at:]))
    restore(sent, source)
    own_order = [labs.grade_id(it) for it in sent["cells"]]
    assert own_order[own_order.index("total") + 1] == "problem"
    moved = sent["cells"][:2] + sent["cells"][6:11] + sent["cells"][2:6] + sent["cells"][11:]
    sent["cells"] = list(moved)
    assert "moved-set-up" not in kinds(restore(sent, source))
    sent["cells"].append(sent["cells"].pop([labs.grade_id(it) for it in sent["cells"]].index("problem")))
    assert kinds(restore(sent, source)) == ["moved-set-up"]
    assert [it.id for it in sent["cells"]] == [it.id for it in moved]


def test_no_answers_at_all_needs_a_person(folder, source, sent):
    sent["cells"] = [it for it in sent["cells"] if not labs.grader(nbformat.from_dict(it)).get("solution")]
    finding = hand_in(folder, sent, source).findings[0]
    assert finding.kind == "no-answers" and finding.needs_person


def test_another_language_is_said_and_run_as_python(folder, source, sent):
    sent["metadata"]["kernelspec"] = {"name": "ir", "language": "R", "display_name": "R"}
    taken = hand_in(folder, sent, source)
    assert "was R" in words(taken.findings, "other-language") and taken.notebook.metadata.kernelspec.name == "python3"


def test_pictures_that_could_hold_a_program_or_fill_the_disk_are_left_out(folder, source, sent):
    attachments = {
        "a.svg": {"image/svg+xml": "PHN2Zz4="},
        "b.png": {"image/png": "aGVsbG8=" * 20},
        "c.png": {"image/png": "x' onerror='1"},
        "d.png": [1],
        "e.png": {"image/png": ["aGVs\n", "bG8="]},
    }
    sent["cells"][-1]["attachments"] = attachments
    taken = hand_in(folder, sent, source, attachment_characters=100)
    assert "a.svg, b.png, c.png, d.png." in words(taken.findings, "attachment")
    assert taken.notebook.cells[-1].attachments == {"e.png": {"image/png": "aGVsbG8="}}


def test_far_too_many_cells_and_far_too_long_ones(folder, source, sent):
    sent["cells"] += [{"cell_type": "code", "metadata": {}, "source": f"{number}"} for number in range(50)]
    cell(sent, "double")["source"] = "#" * 2000
    taken = hand_in(folder, sent, source, cells=20, cell_characters=1500)
    assert kinds(taken.findings) == ["too-many-cells", "huge-cell"] and all(it.needs_person for it in taken.findings)
    assert len(taken.notebook.cells) == 20 and "double" in words(taken.findings, "huge-cell")
    assert len(own(taken.notebook, "double").source) < 100 and HIDDEN in own(taken.notebook, "double-hidden").source


def test_an_answer_that_was_not_written_is_still_seen_as_such(folder, sent):
    """nbgrader gives 0 for an essay whose text is that of the release, by its checksum."""
    essay = intake.SourceCell("essay", "markdown", "Your answer", True, True, False, False, 3.0)
    source = Source(TOY, (essay,))
    taken = hand_in(folder, sent, source)
    assert determine_grade(own(taken.notebook, "essay")) == (0, 3)
    own(taken.notebook, "essay").source = "words"
    restore(taken.notebook, source)
    assert determine_grade(own(taken.notebook, "essay")) == (None, 3)


# The file


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"%PDF-1.7", "at character 0 of 8 it is cut off, damaged, or no notebook's"),
        (b'{"cells": [', "at character 11 of 11 it is cut off"),
        (b"[]", "it holds no object"),
        (b"{}", "it holds no list of cells"),
        (b'{"cells": {"a": 1}}', "it holds no list of cells"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_notebook_needs_a_person(folder, source, data, reason):
    taken = hand_in(folder, data, source)
    assert taken.notebook is None and kinds(taken.findings) == ["not-a-notebook"] and taken.findings[0].needs_person
    assert reason in taken.findings[0].words


def test_what_is_too_large_is_not_read(folder, source, sent):
    assert kinds(hand_in(folder, sent, source, notebook_bytes=1000).findings) == ["too-large"]
    assert kinds(hand_in(folder, b"[]," * 50, source, values=99).findings) == ["too-large"]


def test_odd_json_is_read_and_said(folder, source, released):
    text = json.dumps(released)
    text = text.replace('"nbformat": 4', '"nbformat": 4, "nbformat": 4, "a": NaN, "b": ' + "9" * 10_000)
    taken = hand_in(folder, text.encode(), source)
    assert kinds(taken.findings) == ["odd-json"]
    assert "NaN" in taken.findings[0].words and "the same key twice" in taken.findings[0].words


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_another_encoding_is_read(folder, source, sent, encoding):
    sent["cells"][-1]["source"] = "grün \ufffd"
    taken = hand_in(folder, json.dumps(sent, ensure_ascii=False).encode(encoding), source)
    assert taken.findings == [] and taken.notebook.cells[-1].source == "grün \ufffd"


def test_bytes_that_are_no_text_are_replaced(folder, source, sent):
    sent["cells"][-1]["source"] = "gr#n"
    taken = hand_in(folder, json.dumps(sent).encode().replace(b"gr#n", b"gr\xfcn"), source)
    assert kinds(taken.findings) == ["not-text"] and taken.notebook.cells[-1].source == "gr\ufffdn"


def test_half_a_surrogate_pair_can_be_written_again(folder, source, sent):
    sent["cells"][-1]["source"] = "\ud800 \0"
    taken = hand_in(folder, sent, source)
    assert nbformat.writes(taken.notebook).encode() and taken.notebook.cells[-1].source == "? \ufffd"


def in_old_format(notebook):
    """The same lab as nbformat 3 wrote it, with a heading cell at its end."""
    cells = [it | {"input": it["source"]} if it["cell_type"] == "code" else it for it in notebook["cells"]]
    heading = {"cell_type": "heading", "level": 2, "metadata": {}, "source": "Mine"}
    cells = [{key: value for key, value in it.items() if "input" not in it or key != "source"} for it in cells]
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [*cells, heading]}]}


def test_an_old_format_is_updated(folder, source, sent):
    taken = hand_in(folder, in_old_format(sent), source)
    assert kinds(taken.findings) == ["old-format"] and taken.notebook.nbformat == 4
    assert taken.notebook.cells[-1].source == "## Mine" and taken.notebook.cells[-1].cell_type == "markdown"


@pytest.mark.parametrize("level", [None, True, 2.0, -1, 10**9, [2], "2"])
def test_a_heading_of_any_level_is_text(folder, source, sent, level):
    sent["cells"][0] = {"cell_type": "heading", "level": level, "source": "Mine"}
    assert hand_in(folder, sent, source).notebook.cells[0].source == "# Mine"


def test_damaged_cells_are_named_by_number(folder, source, sent):
    sent["cells"][0] = None
    sent["cells"][2]["source"] = {"a": 1}
    assert words(hand_in(folder, sent, source).findings, "damaged-cell").endswith("number 1, 3.")


# The folder


def test_other_files_come_along(folder, source, sent):
    (folder / "data").mkdir()
    (folder / "data" / "a.csv").write_bytes(b"1,2")
    (folder / "helper.py").write_bytes(b"x = 1")
    (folder / "timestamp.txt").write_text("2026-11-22 10:00:00.0 UTC")
    (folder / "submission_secret.txt").write_text("secret")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "torch.py").write_text("")
    (folder / "scratch.ipynb").write_text("{}")
    taken = hand_in(folder, sent, source)
    assert taken.findings == [] and taken.files == {"data/a.csv": b"1,2", "helper.py": b"x = 1"}


@pytest.mark.parametrize(
    "path",
    [
        "torch.py",
        "torch/__init__.py",
        "ipykernel_launcher.py",
        "nbgrader.pyc",
        "numpy.so",
        "json.py",
        "sys.py",
        "sitecustomize.py",
        "__main__.py",
        "openexperts/__init__.py",
        "x.pth",
        "data/x.pth",
        "ipython_config.py",
    ],
)
def test_files_that_shadow_modules_are_left_out(folder, source, sent, path):
    (folder / path).parent.mkdir(exist_ok=True)
    (folder / path).write_text("raise SystemExit")
    taken = hand_in(folder, sent, source)
    assert path in words(taken.findings, "shadowing-file") and taken.files == {} and taken.notebook


@pytest.mark.parametrize("path", ["torch.csv", "torch/weights.bin", "json", "my.torch.py"])
def test_files_that_only_look_alike_come_along(folder, source, sent, path):
    (folder / path).parent.mkdir(exist_ok=True)
    (folder / path).write_text("x")
    taken = hand_in(folder, sent, source)
    assert taken.findings == [] and list(taken.files) == [path]


def test_links_are_not_followed(folder, source, sent, tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "solution.txt").write_text("42")
    (folder / "file.txt").symlink_to(secret / "solution.txt")
    (folder / "dir").symlink_to(secret)
    (folder / "timestamp.txt").symlink_to(secret / "solution.txt")
    os.link(secret / "solution.txt", folder / "hard.txt")
    taken = hand_in(folder, sent, source)
    assert taken.notebook and taken.files == {}
    assert {"dir, file.txt, timestamp.txt", "hard.txt"} <= {
        it.words.partition(": ")[2].partition(". ")[0] or it.words.split(" is ")[0] for it in taken.findings
    }


def test_a_linked_notebook_needs_a_person_and_its_target_stays(folder, source, sent, tmp_path):
    save(tmp_path / "elsewhere.ipynb", sent)
    before = (tmp_path / "elsewhere.ipynb").read_bytes()
    (folder / f"{TOY}.ipynb").symlink_to(tmp_path / "elsewhere.ipynb")
    taken = take_in(folder, TOY, source, "ana")
    assert taken.notebook is None and kinds(taken.findings) == ["link", "no-notebook"]
    assert any(it.needs_person for it in taken.findings) and (tmp_path / "elsewhere.ipynb").read_bytes() == before
    (folder / f"{TOY}.ipynb").unlink()
    os.link(tmp_path / "elsewhere.ipynb", folder / f"{TOY}.ipynb")
    taken = take_in(folder, TOY, source, "ana")
    assert taken.notebook is None and kinds(taken.findings) == ["link"] and taken.findings[0].needs_person


@pytest.mark.parametrize(
    ("changed", "lost", "kept"), [("a.txt", "a.txt", "data/b.txt"), ("data", "data/b.txt", "a.txt")]
)
def test_a_file_that_becomes_a_link_after_it_was_listed_is_not_read(folder, tmp_path, changed, lost, kept):
    (folder / "data").mkdir()
    for path in (folder / "a.txt", folder / "data" / "b.txt"):
        path.write_text("mine")
    top = os.open(folder, os.O_RDONLY)
    try:
        sent = intake._Folder(top, Bounds())
        (folder / changed).rename(tmp_path / changed)
        (folder / changed).symlink_to(tmp_path / changed)
        read = {path: sent.read(path, 100) for path in sent.files}
    finally:
        os.close(top)
    assert isinstance(read[lost], Finding) and read[kept] == b"mine"


@pytest.mark.parametrize("linked", ["lab", "learner"])
def test_a_linked_folder_is_not_opened(folder, source, sent, tmp_path, linked):
    hand_in(folder, sent, source)
    link = folder if linked == "lab" else folder.parent
    link.rename(tmp_path / "moved")
    link.symlink_to(tmp_path / "moved")
    taken = take_in(folder, TOY, source, "ana")
    assert taken.notebook is None and kinds(taken.findings) == ["no-folder"] and taken.findings[0].needs_person


def test_a_course_under_a_link_is_fine(folder, source, sent, tmp_path):
    hand_in(folder, sent, source)
    (tmp_path / "course").symlink_to(tmp_path / "submitted")
    assert take_in(tmp_path / "course" / "ana" / TOY, TOY, source, "ana").notebook


def test_pipes_and_missing_folders_do_not_hold_anybody_up(folder, source, sent):
    os.mkfifo(folder / "pipe")
    assert "pipe" in words(hand_in(folder, sent, source).findings, "not-a-file")
    (folder / f"{TOY}.ipynb").unlink()
    os.mkfifo(folder / f"{TOY}.ipynb")
    assert take_in(folder, TOY, source, "ana").notebook is None
    shutil.rmtree(folder)
    assert kinds(take_in(folder, TOY, source, "ana").findings) == ["no-folder"]


def test_too_many_too_deep_and_too_large_files(folder, source, sent):
    deep = folder.joinpath(*"abcd")
    deep.mkdir(parents=True)
    (deep / "deep.txt").write_text("x")
    (folder / "sparse.bin").touch()
    os.truncate(folder / "sparse.bin", 10**13)
    (folder / "new\nline").write_text("x")
    os.close(os.open(bytes(folder) + b"/\xff\xfe", os.O_CREAT))
    taken = hand_in(folder, sent, source, depth=3)
    assert sorted(kinds(taken.findings)) == ["odd-name", "too-deep", "too-large"] and taken.files == {}
    for number in range(30):
        (folder / f"{number}.txt").write_text("x" * 100)
    assert "too-many-files" in kinds(hand_in(folder, sent, source, files=20).findings)
    taken = hand_in(folder, sent, source, all_bytes=1000)
    assert sum(map(len, taken.files.values())) == 1000 and "too-large" in kinds(taken.findings)


@pytest.mark.parametrize(
    "name", ["90-TOY.ipynb", "90-toy (1).ipynb", "Ana 90.ipynb", "sub/90-toy.ipynb", "90-toy.IPYNB"]
)
def test_the_only_notebook_of_the_lab_may_have_another_name(folder, source, sent, name):
    save(folder / name, sent)
    (folder / "notes.ipynb").write_text('{"cells": []}')
    taken = take_in(folder, TOY, source, "ana")
    assert taken.notebook and name in words(taken.findings, "other-name") and taken.files == {}


def test_two_that_could_be_it_and_none_at_all_need_a_person(folder, source, sent):
    taken = take_in(folder, TOY, source, "ana")
    assert taken.notebook is None and "There is no notebook." in words(taken.findings, "no-notebook")
    for name in ("one", "two"):
        save(folder / f"{name}.ipynb", sent)
    taken = take_in(folder, TOY, source, "ana")
    assert taken.notebook is None and "More than one" in words(taken.findings, "no-notebook")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_needs_a_person(folder, source, sent):
    hand_in(folder, sent, source)
    os.chown(folder / f"{TOY}.ipynb", 1, 1)  # daemon, on every Linux
    taken = take_in(folder, TOY, source, "ana")
    assert (
        taken.notebook
        and taken.findings[0].needs_person
        and "belongs to daemon" in words(taken.findings, "other-owner")
    )
    assert take_in(folder, TOY, source, "daemon").findings[1:] == []
    os.chown(folder.parent, 1, 1)  # whoever collected owns all of it
    assert take_in(folder, TOY, source, "ana").findings == []


def test_a_time_that_cannot_be_read_needs_a_person(folder, source, sent):
    (folder / "timestamp.txt").write_text("{} tomorrow, perhaps")
    finding = hand_in(folder, sent, source).findings[0]
    assert finding.kind == "no-time" and finding.needs_person


def test_a_learners_words_stay_on_one_line_of_a_finding(folder, source, sent):
    sent["metadata"]["kernelspec"] = {"language": "\x1b[31mR\n" + "x" * 10_000}
    found = words(hand_in(folder, sent, source).findings, "other-language")
    assert found.isprintable() and len(found) < 200


# Anything at all

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["code", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places(data, path=()):
    """The paths of all values in a JSON document."""
    yield path
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from places(value, (*path, key))


def spoil(draw, notebook):
    """One change of a notebook's JSON in place."""
    paths = [path for path in places(notebook) if path]
    cells = [path for path in paths if path[-2:-1] == ("cells",)]
    details = [path for path in paths if "nbgrader" in path]
    *above, key = draw(st.sampled_from(draw(st.sampled_from([kind for kind in (paths, cells, details) if kind]))))
    parent = notebook
    for step in above:
        parent = parent[step]
    act = draw(st.sampled_from(["drop", "replace", "retype", "swap"] + ["double"] * isinstance(parent, list)))
    if act == "drop":
        del parent[key]
    elif act == "replace":
        parent[key] = draw(JUNK)
    elif act == "retype":
        value = parent[key]
        parent[key] = draw(st.sampled_from([[value], {"": value}, str(value), True, 0, None]))
    elif act == "double":
        parent.insert(draw(st.integers(0, len(parent))), copy.deepcopy(parent[key]))
    else:
        other = draw(st.sampled_from(list(parent) if isinstance(parent, dict) else range(len(parent))))
        parent[key], parent[other] = parent[other], parent[key]


@st.composite
def submissions(draw, released):
    """The bytes of a lab's notebook after changes to its JSON, to its bytes, or both."""
    notebook = copy.deepcopy(draw(st.sampled_from([released, released, released, in_old_format(released)])))
    for _ in range(draw(st.integers(0, 6))):
        if notebook:
            spoil(draw, notebook)
    data = json.dumps(notebook).encode()
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        start = draw(st.integers(0, len(data)))
        data = data[:start] + draw(st.binary(max_size=4)) + data[start + draw(st.sampled_from([0, 1, 4, len(data)])) :]
    return data


def test_any_submission_gives_a_notebook_that_nbgrader_takes_or_a_sentence(course, source, released, tmp_path_factory):
    folder = tmp_path_factory.mktemp("submitted") / "ana" / TOY
    folder.mkdir(parents=True)
    resources = {
        "nbgrader": {"notebook": TOY, "assignment": TOY, "db_url": f"sqlite:///{course}/classroom/gradebook.db"}
    }
    sanitize = [step() for step in Autograde.sanitize_preprocessors.default_args[0]]

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(submissions(released))
    def holds(data):
        taken = hand_in(folder, data, source)
        assert all(it.words.isprintable() and len(it.words) < 500 for it in taken.findings)
        if taken.notebook is None:
            assert any(it.needs_person for it in taken.findings)
            return
        assert len({it.id for it in taken.notebook.cells}) == len(taken.notebook.cells)
        nbformat.validate(taken.notebook)
        assert sorted(names(taken.notebook)) == sorted(it.name for it in source.cells)
        assert all(own(taken.notebook, it.name).source == it.source for it in source.cells if it.locked)
        before = nbformat.writes(taken.notebook).encode()
        notebook = taken.notebook
        for step in sanitize:
            notebook, _ = step.preprocess(notebook, resources)
        assert nbformat.writes(notebook).encode() == before, "nothing is left for nbgrader to mend"
        assert restore(notebook, source) == [] and nbformat.writes(notebook).encode() == before

    holds()
