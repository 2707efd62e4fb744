"""What docs/ and deploy/ say is so: the configuration that they show works, and the names that they use exist."""

import ast
import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import yaml
from nbgrader.api import Gradebook

from classroom import ROOT, TOY, answered, make_course, save
from openexperts import cli
from openexperts.grading import labs

DOCS = ROOT / "docs"
PROGRAMS = Path(sys.executable).parent

# A lab of somebody else's: nothing of openexperts in it, and plain asserts.
CELLS = [
    ("answer", "def area(r):\n    ### BEGIN SOLUTION\n    return 3 * r * r\n    ### END SOLUTION", 0),
    ("visible", "assert area(1) == 3", 1),
    ("hidden", "### BEGIN HIDDEN TESTS\nassert area(2) == 12, 'a secret number, 12'\n### END HIDDEN TESTS", 2),
]
HONEST = "def area(r):\n    return r * r + 2 * r * r"
HOSTILE = "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)


def write_lab(path: Path) -> None:
    cells = []
    for name, source, points in CELLS:
        details = {"grade_id": name, "schema_version": 3, "task": False, "grade": points > 0, "locked": points > 0}
        details |= {"solution": points == 0} | ({"points": points} if points else {})
        cells.append({"id": name, "cell_type": "code", "source": source, "metadata": {"nbgrader": details}})
        cells[-1] |= {"outputs": [], "execution_count": None}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook))


def run(folder: Path, program: str, *arguments: str) -> str:
    """Run a program of this environment in `folder`; all that it said."""
    environment = os.environ | {"PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
    command = [str(PROGRAMS / program), *arguments]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="grading needs Linux")
def test_another_course_grades_through_the_examiner_with_the_lines_that_the_page_shows(tmp_path):
    settings, class_runner = blocks("grading.md", "python")
    own = f'c = get_config()\nc.CourseDirectory.course_id = "geometry"\nc.CourseDirectory.root = {str(tmp_path)!r}\n'
    own += f"c.Exchange.root = {str(tmp_path / 'exchange')!r}\n"
    (tmp_path / "nbgrader_config.py").write_text(own + settings)
    (tmp_path / "grade.py").write_text(class_runner)
    write_lab(tmp_path / "source" / "ps1" / "ps1.ipynb")
    run(tmp_path, "nbgrader", "generate_assignment", "ps1")
    released = (tmp_path / "release" / "ps1" / "ps1.ipynb").read_text()
    assert "secret" not in released

    def hand_in(learner: str, answer: str) -> None:
        notebook = json.loads(released)
        notebook["cells"][0]["source"] = answer
        place = tmp_path / "submitted" / learner / "ps1" / "ps1.ipynb"
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps(notebook))

    hand_in("ana", HONEST)
    hand_in("ben", HOSTILE)
    run(tmp_path, "nbgrader", "autograde", "ps1")
    run(tmp_path, "nbgrader", "generate_feedback", "ps1")
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        assert {it.student.id: it.score for it in gradebook.assignment_submissions("ps1")} == {"ana": 3, "ben": 0}
    page = (tmp_path / "feedback" / "ben" / "ps1" / "ps1.html").read_text()
    assert "secret" not in page and "Hidden check" in page

    hand_in("cem", HONEST.replace("+ 2", "+ 1"))
    hand_in("dee", HONEST)
    (tmp_path / "submitted" / "dee" / "ps1" / "ps1.ipynb").write_text("{")
    said = run(tmp_path, "python", "grade.py", "ps1")
    assert "ana graded 3.0" in said and "cem graded 0.0" in said and "dee not graded None" in said
    run(tmp_path, "nbgrader", "export", "--to", "grades.csv")
    with (tmp_path / "grades.csv").open() as file:
        scores = {row["student_id"]: row["score"] for row in csv.DictReader(file)}
    assert scores == {"ana": "3.0", "ben": "0.0", "cem": "0.0", "dee": ""}
    assert (tmp_path / "feedback" / "cem" / "ps1" / "ps1.html").is_file()


def deploy(*arguments: str) -> str:
    return run(ROOT, "openexperts", "deploy", *arguments)


@pytest.mark.skipif(sys.platform != "linux", reason="Slurm is for Linux")
def test_the_slurm_script_grades_a_class_with_a_scheduler_and_workers(tmp_path):
    """No Slurm is here: in its place a program `srun` that starts the workers' command as often as there are tasks."""
    course = make_course(tmp_path / "a course")
    shutil.copytree(ROOT / "deploy", course / "deploy")
    (course / ".venv").symlink_to(PROGRAMS.parent)
    labs.release(course, [])
    labs.publish(course)
    released = course / "labs" / TOY / f"{TOY}.ipynb"
    save(course / "classroom" / "submitted" / "ada" / TOY / f"{TOY}.ipynb", answered(released))
    srun = tmp_path / "bin" / "srun"
    srun.parent.mkdir()
    srun.write_text('#!/bin/bash\n[ "$1" = --overlap ] && shift\n"$@" & "$@" & trap "kill $(jobs -p)" TERM; wait\n')
    srun.chmod(0o755)
    script = tmp_path / "grade.sh"
    script.write_text(run(course, "openexperts", "deploy", "slurm", TOY, "--workers", "2"))
    assert "#SBATCH --ntasks=2\n" in script.read_text()
    path = f"{srun.parent}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        ["bash", script, "--student", "ada"],
        cwd=tmp_path,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "ada: 5 of 9 points" in result.stdout
    assert "Scheduler at: " in result.stderr and "tls://" in result.stderr, result.stderr
    assert "Receive client connection: Client-" in result.stderr, "the grading went through that scheduler"
    assert not list((course / "classroom").glob(".dask-*")), "the key of the run is gone"
    ours = [it for it in psutil.process_iter(["cmdline"]) if str(course) in " ".join(it.info["cmdline"] or [])]
    assert ours == []


def test_the_kubernetes_manifests_fit_together():
    text = deploy("kubernetes", "02-experts", "--image", "registry.example/open:1", "--workers", "7")
    assert "${" not in text
    found = {(it["kind"], it["metadata"]["name"]): it for it in yaml.safe_load_all(text)}
    scheduler = found["Deployment", "openexperts-scheduler"]["spec"]
    workers = found["Deployment", "openexperts-worker"]["spec"]
    job, service = found["Job", "openexperts-grade"]["spec"], found["Service", "openexperts-scheduler"]["spec"]
    assert workers["replicas"] == 7
    pods = {name: spec["template"] for name, spec in (("s", scheduler), ("w", workers), ("g", job))}
    for name, pod in pods.items():
        (container,) = pod["spec"]["containers"]
        assert container["image"] == "registry.example/open:1"
        security = container["securityContext"]
        assert security["allowPrivilegeEscalation"] is False and security["capabilities"] == {"drop": ["ALL"]}
        assert pod["spec"]["securityContext"]["runAsUser"] == 1000, "the Dockerfile's user"
        assert pod["spec"]["automountServiceAccountToken"] is False
        assert security["seccompProfile"]["type"] == ("Unconfined" if name == "w" else "RuntimeDefault")
        policy = found["NetworkPolicy", "openexperts"]["spec"]["podSelector"]["matchLabels"]
        assert policy.items() <= pod["metadata"]["labels"].items(), "the network is closed around it"
    assert pods["w"]["spec"]["hostUsers"] is False
    security = pods["w"]["spec"]["containers"][0]["securityContext"]
    assert security["procMount"] == "Unmasked" and security["appArmorProfile"] == {"type": "Unconfined"}
    assert "volumes" not in pods["w"]["spec"], "no gradebook where learners' code runs"
    for spec in (scheduler, workers):
        assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"]
    assert service["selector"] == scheduler["template"]["metadata"]["labels"]
    address = f"tcp://openexperts-scheduler:{service['ports'][0]['port']}"
    (grader,) = pods["g"]["spec"]["containers"]
    asked = cli.parser().parse_args(grader["args"])
    assert (asked.command, asked.lab, asked.scheduler) == ("grade", "02-experts", address)
    assert address in pods["w"]["spec"]["containers"][0]["command"][-1]
    claim = pods["g"]["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"]
    assert ("PersistentVolumeClaim", claim) in found
    assert (
        "--uid 1000 grader" in (ROOT / "Dockerfile").read_text() and "/course" in grader["volumeMounts"][0]["mountPath"]
    )


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["kubernetes", "02-experts"], "--image"),
        (["slurm", "02-experts", "--workers", "0"], "--workers"),
        (["slurm", "99-none"], "no lab"),
    ],
)
def test_deploy_says_what_is_missing(capsys, arguments, words):
    try:
        code = cli.main(["deploy", *arguments])
    except SystemExit as stopped:  # argparse's own way
        code = stopped.code
    assert code == 2 and words in capsys.readouterr().err


def test_every_kind_of_finding_is_in_the_page_and_the_page_names_no_other():
    made = set()
    for name in ("intake", "examination"):
        for node in ast.walk(ast.parse((ROOT / f"src/openexperts/grading/{name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                made |= {kind.value for kind in node.args[:1] if isinstance(kind, ast.Constant)}
            if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "self.odd":
                made |= {kind.value for kind in [node.slice] if isinstance(kind, ast.Constant)}
    table = (DOCS / "grading.md").read_text(encoding="utf-8").split("## Findings")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {kind for row in rows for kind in re.findall(r"`([a-z-]+)`", row)} == made


def test_the_threat_model_names_tests_that_there_are():
    page = (DOCS / "threat-model.md").read_text(encoding="utf-8")
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    cases = {path.stem for path in (ROOT / "tests" / "grading" / "attacks").glob("*.py")}
    table = page.split("## What is defended")[1].split("\n## ")[0]
    named = {name for line in table.splitlines() for name in re.findall(r"`(\w+)`", line.split("|")[-2:][0])}
    assert len(named) > 60
    for name in named:
        assert name in cases or f"def {name}(" in tests, name


def test_the_pages_name_files_that_there_are():
    for page in (*DOCS.glob("*.md"), ROOT / "deploy" / "README.md", ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        for name in re.findall(r"`((?:docs|deploy|src|tests|tools|notebooks)/[\w./-]+\.\w+)`", page.read_text("utf-8")):
            assert (ROOT / name).exists(), (page.name, name)
