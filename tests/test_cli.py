"""The command `openexperts`: what it says, and that everything wrong is one sentence with the right exit code."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path
from types import SimpleNamespace

import nbformat.v4 as v4
import pytest
import websocket

from classroom import ROOT, SOLUTION, TOY, answered, cell, load, make_course, openexperts, save
from openexperts import cli, jupyter
from openexperts.grading import checking, exports, kit
from openexperts.grading.course import CourseError
from openexperts.grading.labs import grade_id, is_answer, parts, read_notebook


def make_release() -> dict:
    """The toy lab as nbgrader releases it, without the seconds that takes."""
    notebook = load(SOLUTION)
    for it in notebook["cells"]:
        text = "".join(it["source"])
        text = re.sub(
            r"( *)### BEGIN SOLUTION.*### END SOLUTION", r"\1raise NotImplementedError", text, flags=re.DOTALL
        )
        text = re.sub(r"### BEGIN HIDDEN TESTS.*### END HIDDEN TESTS", "", text, flags=re.DOTALL)
        it["source"] = re.sub(r"=== BEGIN MARK SCHEME.*END MARK SCHEME ===", "", text, flags=re.DOTALL).rstrip()
    return notebook


@pytest.fixture
def course(tmp_path, monkeypatch) -> Path:
    """A learner's course with the toy lab fetched; the current folder is in it."""
    monkeypatch.delenv("OPENEXPERTS_EXCHANGE", raising=False)
    folder = make_course(tmp_path / "course")
    for place in ("labs", "my-labs"):
        save(folder / place / TOY / f"{TOY}.ipynb", make_release())
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def mine(course) -> Path:
    return course / "my-labs" / TOY / f"{TOY}.ipynb"


def run(capsys, *arguments: str) -> tuple[int, str]:
    """Run the command in this process; its exit code and all it said."""
    code = cli.main(list(arguments))
    said = capsys.readouterr()
    return code, said.out + said.err


def one_sentence(said: str) -> str:
    last = said.strip().splitlines()[-1]
    assert last.startswith("openexperts: ") and last[-1] in ".?!", said
    assert "Traceback" not in said
    return last


# check


def test_check_of_the_right_answers(capsys, mine):
    notebook = answered(mine)
    notebook["cells"][-1]["source"] = "Zero is the neutral element."
    save(mine, notebook)
    code, said = run(capsys, "check", TOY)
    assert code == 0
    assert "Part 1 of 3. Double it: passed (1 of 1 visible points)" in said
    assert "Part 3 of 3. In your words: written; a person marks it (4 points)" in said
    assert "Visible checks: 2 of 2 points. More checks run when you submit: 3 points. A person marks: 4 points." in said


def test_check_counts_the_words_of_an_essay_where_the_question_says_how_many(capsys, mine, course):
    released = make_release()
    question = next(it for it in released["cells"] if it["metadata"].get("nbgrader", {}).get("task"))
    question["source"] += "\n\nIn 120 to 200 words: **why?**"
    save(course / "labs" / TOY / f"{TOY}.ipynb", released)
    _, said = run(capsys, "check", TOY)
    assert "In your words: not written yet; a person marks it" in said
    notebook = answered(mine)
    notebook["cells"][-1]["source"] = "Zero is the neutral element."
    save(mine, notebook)
    _, said = run(capsys, "check", TOY)
    assert "In your words: written; 5 words, 120 to 200 are asked; a person marks it (4 points)" in said
    notebook["cells"][-1]["source"] = "零是加法的单位元，所以任何数加上零都等于它自己。"  # in which nothing parts words
    save(mine, notebook)
    _, said = run(capsys, "check", TOY)
    assert "In your words: written; a person marks it (4 points)" in said


def test_check_of_the_blank_lab_says_what_to_do(capsys, course):
    code, said = run(capsys, "check", TOY)
    assert code == 1
    assert said.count("not yet (0 of 1 visible points)") == 2
    assert said.count("Your answer is not written yet: it still says `raise NotImplementedError`.") == 2
    assert "In your words: not written yet" in said


def test_an_empty_notebook_holds_no_words(capsys, mine):
    mine.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    code, said = run(capsys, "check", TOY)
    assert code == 1 and "In your words: not written yet" in said


@pytest.mark.parametrize("metadata", ["text", [1], {"grade_id": ["a", "b"]}, {"solution": True}])
def test_damaged_metadata_of_a_cell_is_no_trouble(capsys, mine, metadata):
    notebook = load(mine)
    notebook["cells"][0]["metadata"]["nbgrader"] = metadata
    save(mine, notebook)
    code, said = run(capsys, "check", TOY)
    assert code == 1 and "Traceback" not in said and "Visible checks: 0 of 2 points" in said


def test_check_names_the_mistake_and_its_line(capsys, mine):
    wrong = "def total(numbers):\n    return 1 / 0"
    save(mine, answered(mine, double="def double(numbers):\n    return numbers", total=wrong))
    _, said = run(capsys, "check", TOY)
    assert "expected [2, 4], yours gave [1, 2]" in said
    assert "ZeroDivisionError: division by zero (line 2: `return 1 / 0`)" in said


def test_check_shows_a_broken_cell_and_not_the_name_error_that_follows(capsys, mine):
    save(mine, answered(mine, double="def double(numbers:\n    return"))
    _, said = run(capsys, "check", TOY)
    assert "Your cell 'double' stopped with SyntaxError" in said
    assert "(line 1)" in said and ".py, line" not in said
    assert "NameError" not in said
    assert "Part 2 of 3. Add it up: passed" in said


def test_check_stops_an_endless_loop_and_goes_on(capsys, mine):
    save(mine, answered(mine, double="while True:\n    pass"))
    _, said = run(capsys, "check", TOY, "--timeout", "6")
    assert "Your cell 'double' did not finish within 6 s and was stopped. Is there a loop that never ends?" in said
    assert "Part 2 of 3. Add it up: passed" in said


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_check_gives_up_where_a_loop_cannot_be_interrupted(capsys, mine):
    stubborn = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass"
    save(mine, answered(mine, double=stubborn))
    code, said = run(capsys, "check", TOY, "--timeout", "6")
    assert code == 1
    assert "could not be interrupted: nothing after it ran" in said
    assert "It was not run, because the notebook stopped before it." in said


def test_a_failing_cell_without_points_is_one_line_and_an_unwritten_part_is_said_once(capsys, mine):
    notebook = load(mine)
    for position, source in enumerate(["double([1])", "first_of_mine = 1 / 0", "no_such_name"]):
        notebook["cells"].append({**v4.new_code_cell(source), "id": f"mine-{position}"})
    save(mine, notebook)
    _, said = run(capsys, "check", TOY)
    assert said.count("not written yet: it still says") == 2  # the two parts
    (line,) = [line for line in said.splitlines() if line.startswith("Not graded: ")]
    assert line == (
        "Not graded: the cell that begins `first_of_mine = 1 / 0` stopped with ZeroDivisionError: division by zero "
        "(line 1: `first_of_mine = 1 / 0`). So did 1 more."
    )
    assert "no_such_name" not in said


def test_a_failing_locked_cell_is_told_whatever_its_points(capsys, course, mine):
    for place in (mine, course / "labs" / TOY / f"{TOY}.ipynb"):
        notebook = load(place)
        cell(notebook, "set-up")["source"] = "import no_such_module"
        save(place, notebook)
    _, said = run(capsys, "check", TOY)
    assert "The cell 'set-up' stopped with ModuleNotFoundError: No module named 'no_such_module'" in said


def test_check_says_which_parts_a_reference_stands_in_for(capsys, course, mine):
    for place in (mine, course / "labs" / TOY / f"{TOY}.ipynb"):
        notebook = load(place)
        cell(notebook, "set-up")["source"] += (
            '\nprint("double       the reference for now. What part 2 needs: a tensor.")\nprint("total   yours")'
        )
        save(place, notebook)
    _, said = run(capsys, "check", TOY)
    assert "For double, what follows uses the reference for now. What part 2 needs: a tensor.\n" in said
    assert "For total" not in said


@pytest.mark.parametrize(
    ("double", "words"),
    [
        (
            'def double(n):\n    raise ValueError("\\ud800")',
            r"The check stopped with ValueError: \ud800",
        ),
        (
            'def double(n):\n    return "\ud800"',
            r"Your cell 'double' was not run: it holds half of a character ('\ud800')",
        ),
        ('print("\\ud800")', "The check stopped with NameError"),
        ('def double(n):\n    return "\\ud800"', "The check stopped with"),
    ],
)
def test_half_a_character_gets_a_sentence(mine, double, words):
    """A lone surrogate, as from a file read with the wrong encoding: Jupyter cannot send it, a terminal not show it."""
    notebook = answered(mine, double=double)
    notebook["cells"].append({**v4.new_code_cell('"\ud800"'), "id": "mine"})
    save(mine, notebook)
    result = openexperts(mine.parents[2], "check", TOY)
    assert result.returncode == 1 and result.stderr == ""
    assert words in result.stdout and "Part 2 of 3. Add it up: passed" in result.stdout
    assert r'Not graded: the cell that begins `"\ud800"` was not run' in result.stdout


def test_an_error_that_was_lost_on_its_way_is_no_pass():
    said = checking._problem(v4.new_code_cell(""), {"status": "error", "ename": "ValueError", "evalue": "lost"})
    assert said == "stopped with an error whose message cannot be shown (lost)."


def test_check_says_when_python_itself_ended(capsys, mine):
    save(mine, answered(mine, total="import os\nos._exit(1)"))
    code, said = run(capsys, "check", TOY)
    assert code == 1
    assert "Part 1 of 3. Double it: passed" in said
    assert "Python itself ended in the cell 'total'" in said


def test_check_takes_its_checks_from_the_release(capsys, mine):
    notebook = answered(mine, double="def double(numbers):\n    return numbers")
    cell(notebook, "double-visible")["source"] = "pass"
    notebook["cells"].remove(cell(notebook, "total-visible"))
    cell(notebook, "set-up")["metadata"]["tags"] = ["skip-execution"]
    save(mine, notebook)
    code, said = run(capsys, "check", TOY)
    assert code == 1
    assert "The locked cell 'double-visible' differs from the release; the released one was run." in said
    assert "expected [2, 4], yours gave [1, 2]" in said
    assert "The locked cell 'total-visible' is missing from your notebook; the released one was run." in said
    assert "Part 2 of 3. Add it up: passed" in said


def test_check_says_when_an_answer_cell_is_missing_or_double(mine):
    release, notebook = read_notebook(mine), read_notebook(mine)
    answer = next(it for it in notebook.cells if is_answer(it))
    notebook.cells.append(answer.copy())
    _, notes = checking.assemble(notebook, release)
    assert notes == ["Two cells have the id 'double'; the last one counts. Delete the other."]
    notebook.cells = [it for it in read_notebook(mine).cells if grade_id(it) != "double"]
    whole, notes = checking.assemble(notebook, release)
    assert notes == ["The answer cell 'double' is missing from your notebook: copy it from the released lab."]
    assert list(filter(None, map(grade_id, whole.cells))) == list(filter(None, map(grade_id, release.cells)))


def test_check_draws_where_tensors_differ(mine):
    """The check API's picture, as text, before its message."""
    release = read_notebook(mine)
    visible = next(it for it in release.cells if grade_id(it) == "double-visible")
    visible.source = "\n".join(
        [
            "from openexperts.checks import check",
            "check.equal(check.call(double, [1, 2]), [2, 4], 'the numbers, doubled', look_at='step 1')",
        ]
    )
    save(mine.with_name("release.ipynb"), json.loads(json.dumps(release)))
    save(mine, answered(mine, double="def double(numbers):\n    return [2, 5]"))
    results = [
        it for it in checking.check(mine, mine.with_name("release.ipynb"), 60) if isinstance(it, checking.Result)
    ]
    (message,) = results[0].messages
    assert re.match(r"the numbers, doubled: 1 of 2 numbers differ .*\[1\]\n.*expected +\| +yours\n.*4.*5\*", message)
    assert message.count("5") == 1, "each number once"
    assert message.endswith("Look at: step 1.")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "There is no file"),
        ('{"cells": [', "is damaged"),
        ("[1, 2]", "is damaged"),
        ('{"cells": 3}', "is damaged"),
    ],
)
def test_check_of_a_missing_or_damaged_notebook(capsys, mine, content, words):
    mine.unlink()
    if content is not None:
        mine.write_text(content)
    code, said = run(capsys, "check", TOY)
    assert code == 2
    assert words in one_sentence(said)
    assert "openexperts lab" in said, "what to do"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "just now"), (59, "just now"), (61, "1 minute ago"), (7300, "2 hours ago"), (90_000, "1 day ago")],
)
def test_the_age_of_a_file_is_said_in_words(seconds, words):
    assert cli.ago(seconds) == words


def test_check_says_when_the_notebook_was_saved(capsys, mine):
    os.utime(mine, (time.time() - 200, time.time() - 200))
    _, said = run(capsys, "check", TOY)
    assert f"{TOY}.ipynb, saved 3 minutes ago, in a fresh kernel" in said
    assert "save it there (Ctrl + S)" in said


def test_check_of_another_file(capsys, course, tmp_path):
    save(tmp_path / "elsewhere.ipynb", answered(course / "labs" / TOY / f"{TOY}.ipynb"))
    code, said = run(capsys, "check", TOY, "--notebook", str(tmp_path / "elsewhere.ipynb"))
    assert code == 0, said


def test_check_of_a_lab_that_does_not_exist(capsys, course):
    assert run(capsys, "check", "91-toy") == (
        2,
        "openexperts: There is no lab '91-toy' in labs/; did you mean 90-toy?\n",
    )
    code, said = run(capsys, "check", "zebra")
    assert code == 2 and "there are: 90-toy." in said
    (course / "labs" / "09-other").mkdir()
    (course / "labs" / "09-other" / "09-other.ipynb").touch()
    assert "did you mean 09-other?" in run(capsys, "check", "9")[1]  # the unit's number, and not the spelling 90-toy
    assert "there are: 09-other, 90-toy." in run(capsys, "check", "")[1]


def test_parts_know_their_points(mine):
    assert [(part.visible_points, part.hidden_points, part.person_points) for part in parts(read_notebook(mine))] == [
        (1, 2, 0),
        (1, 1, 0),
        (0, 0, 4),
    ]


# other commands


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", TOY, "--timeout", "0"),
        ("release", "91-toy"),
        ("tour", "--lab", "91-toy"),
        ("grade", "91-toy"),
        ("grade", TOY),  # nobody has submitted
        ("lab", "notebooks/99-none.ipynb"),
        ("lab", "../../etc/passwd"),
        ("lab", "--port", "80"),
        ("lab", "--port", "99999"),
        ("kit",),  # this course lacks most of what a kit holds
    ],
)
def test_bad_input_is_one_sentence(capsys, course, arguments):
    code, said = run(capsys, *arguments)
    assert code == 2
    one_sentence(said)


def test_a_folder_for_a_notebook_is_one_sentence_with_the_notebook(capsys, course):
    code, said = run(capsys, "check", TOY, "--notebook", "my-labs")
    assert code == 2 and f"{TOY}.ipynb" in one_sentence(said) and "is a folder" in said


def test_outside_a_course_is_one_sentence(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("openexperts.__file__", str(tmp_path / "site-packages" / "openexperts" / "__init__.py"))
    code, said = run(capsys, "check", TOY)
    assert code == 2 and "is not inside the course" in one_sentence(said)


def test_a_file_that_cannot_be_written_is_one_sentence(capsys, course):
    (course / "my-labs" / TOY / f"{TOY}.ipynb").unlink()
    (course / "my-labs" / TOY).rmdir()
    (course / "my-labs").rmdir()
    (course / "my-labs").write_text("a file where a folder should be")
    code, said = run(capsys, "teach", "--no-browser")
    assert code == 2 and "my-labs" in said and "Traceback" not in said


def test_export_says_where_an_essay_waits(capsys, course, tmp_path, monkeypatch):
    row = SimpleNamespace(student="ada", lab=TOY, state=exports.NOT_MARKED)
    monkeypatch.setattr(exports, "export", lambda *_: [row])
    code, said = run(capsys, "export", "--to", str(tmp_path / "marks.csv"))
    assert code == 0 and f"No mark for ada in {TOY}: not yet marked." in said and "Manual Grading" in said


def test_a_gradebook_of_somebody_else_is_said(capsys, course, monkeypatch):
    (course / "classroom").mkdir(exist_ok=True)
    (course / "classroom" / "gradebook.db").write_text("what cannot be opened")
    monkeypatch.setattr(os, "access", lambda *_: False)
    code, said = run(capsys, "export")
    assert code == 2 and said.endswith("gradebook.db is not yours to read and write.\n") and "Rename" not in said


COMMANDS = "lab teach check release grade export deploy tour kit model corpus workshop".split()


def test_nothing_typed_gives_the_list_of_commands(capsys):
    code, said = run(capsys)
    assert code == 2 and "visible checks of your lab" in said
    with pytest.raises(SystemExit):
        run(capsys, "workshop")
    assert capsys.readouterr().err.endswith("required: {make,check}\n")  # and not NUMBER, which may stay away


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command):
    result = openexperts(ROOT, command, "--help")
    assert result.returncode == 0 and f"example:\n  openexperts {command}" in result.stdout


def test_a_wrong_command_shows_the_usage(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["fly"])
    assert ended.value.code == 2
    assert "usage: openexperts" in capsys.readouterr().err


# the port


def test_a_port_in_use():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CourseError, match=f"Port {port} is in use"):
            jupyter.choose_port(port)


def test_without_a_wish_the_next_free_port_is_taken(monkeypatch):
    monkeypatch.setattr(jupyter, "is_free", lambda port: port >= jupyter.FIRST_PORT + 2)
    assert jupyter.choose_port(None) == jupyter.FIRST_PORT + 2


# JupyterLab


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")
def test_jupyterlab_says_its_address_last_and_its_terminal_finds_the_command(course, tmp_path):
    """A real server, started by somebody whose PATH does not hold this environment."""
    own = {name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    own |= {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}
    log = tmp_path / "log"
    with log.open("w") as output:
        command = [sys.executable, "-m", "openexperts.cli", "teach", "--no-browser"]
        server = subprocess.Popen(command, cwd=course, env=os.environ | own, stdout=output, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + 120
        while "token=" not in log.read_text() and server.poll() is None and time.monotonic() < until:
            time.sleep(0.2)
        address, token = re.search(r"(127\.0\.0\.1:\d+)/lab\?token=(\w+)$", log.read_text().strip()).groups()
        request = urllib.request.Request(f"http://{address}/api/terminals?token={token}", method="POST")
        name = json.load(urllib.request.urlopen(request, timeout=30))["name"]
        terminal = websocket.create_connection(f"ws://{address}/terminals/websocket/{name}?token={token}", timeout=60)
        terminal.send(json.dumps(["stdin", "openexperts --version; echo E''ND\r"]))
        seen = ""
        while "END" not in seen:
            seen += str(json.loads(terminal.recv())[1:])
        terminal.close()
        request = urllib.request.Request(f"http://{address}/api/kernels?token={token}", b"{}", method="POST")
        kernel = json.load(urllib.request.urlopen(request, timeout=60))["id"]
        channels = websocket.create_connection(
            f"ws://{address}/api/kernels/{kernel}/channels?token={token}", timeout=60
        )
        channels.recv()  # it has started, and has said what it had to say
        channels.close()
    finally:
        server.terminate()
        server.wait(timeout=30)
    assert re.search(r"openexperts \d+\.\d+", seen), seen
    said = log.read_text().split("received signal")[0].splitlines()
    assert len(said) < 12 and not [line for line in said if re.match(r"\[[DIW] |.* WARNING", line)], said


# the kit


@pytest.fixture
def whole_course(tmp_path) -> Path:
    """Every file of the kit, as small stand-ins, and what must stay out of it."""
    course = tmp_path / "course"
    for name in kit.CONTENTS:
        path = course / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file() or path.suffix:
            path.write_text(f"{name}\n")
        else:
            path.mkdir()
    shutil.copy(ROOT / "pyproject.toml", course / "pyproject.toml")
    for name in (
        "labs/90-toy/90-toy.ipynb",
        "notebooks/01-a.ipynb",
        "solutions/90-toy/90-toy.ipynb",
        "my-labs/90-toy/90-toy.ipynb",
        "notebooks/.ipynb_checkpoints/01-a-checkpoint.ipynb",
    ):
        save(course / name, make_release())
    for name in (
        "src/openexperts/cli.py",
        "src/openexperts/__pycache__/cli.pyc",
        "tests/a.py",
        "classroom/gradebook.db",
        "workshops/90-toy/guide.md",
        "workshops/90-toy/rubric.md",
        "workshops/90-toy/handout.md",
        "workshops/90-toy/evidence/01-a.md",
    ):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).write_text("x")
    return course


def test_the_kit_holds_what_a_learner_needs_and_nothing_of_the_teachers(whole_course):
    path, n_files = kit.write_kit(whole_course)
    assert re.fullmatch(r"open-experts-\d+\.\d+\.\d+\.zip", path.name)
    names = zipfile.ZipFile(path).namelist()
    assert len(names) == n_files and names == sorted(names)
    inside = {name.split("/", 1)[1] for name in names}
    assert {
        "README.md",
        "Makefile",
        "labs/90-toy/90-toy.ipynb",
        "notebooks/01-a.ipynb",
        "src/openexperts/cli.py",
        "workshops/90-toy/handout.md",
        "workshops/90-toy/evidence/01-a.md",
    } <= inside
    forbidden = re.compile(r"^(solutions|tests|my-labs|classroom)/|__pycache__|\.ipynb_checkpoints|\.git|guide|rubric")
    assert not [name for name in inside if forbidden.search(name)]


def test_the_same_tree_gives_the_same_kit(whole_course):
    first = kit.write_kit(whole_course)[0].read_bytes()
    for path in whole_course.rglob("*.ipynb"):
        os.utime(path, (1, 1))
    assert kit.write_kit(whole_course)[0].read_bytes() == first


def test_the_kit_leaves_out_what_somebody_ran(whole_course):
    lesson = whole_course / "notebooks" / "01-a.ipynb"
    clean = kit.write_kit(whole_course)[0].read_bytes()
    notebook = load(lesson)
    notebook["cells"][1] |= {
        "execution_count": 7,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "hi"}],
    }
    save(lesson, notebook)
    assert kit.write_kit(whole_course)[0].read_bytes() == clean


def test_the_real_kit_can_be_written_and_hides_every_solution(tmp_path):
    missing = [name for name in kit.CONTENTS if not (ROOT / name).exists()]
    assert not missing
    for path in kit.files(ROOT):
        text = kit.content(ROOT / path)
        for secret in (b"### BEGIN " + b"SOLUTION", b"### BEGIN " + b"HIDDEN", b"=== BEGIN " + b"MARK"):
            assert secret not in text, path


# the second start


def test_the_model_is_not_looked_for_a_second_time(course, monkeypatch):
    calls = []
    monkeypatch.setattr(subprocess, "call", lambda command, cwd: calls.append(command) or 0)
    monkeypatch.delenv("OPENEXPERTS_MODEL", raising=False)
    cli.bring_model_once(course)
    assert calls[0][:4] == [sys.executable, "-m", "openexperts.cli", "model"]
    stamp = course / cli.MODEL_STAMP
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(f"\n{course}\n")
    cli.bring_model_once(course)
    assert len(calls) == 1
    stamp.write_text(f"\n{course / 'gone'}\n")
    cli.bring_model_once(course)
    monkeypatch.setenv("OPENEXPERTS_MODEL", "another/model")
    cli.bring_model_once(course)
    assert len(calls) == 3


def test_starting_the_command_imports_nothing_slow():
    code = "import sys, openexperts.cli, openexperts.grading.labs; print({'torch', 'nbgrader'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "set()", result.stderr
