"""The installation: one set of versions everywhere, and a sentence for each thing that can go wrong."""

import ast
import importlib.util
import json
import re
import sys
from collections import namedtuple
from importlib.metadata import distribution, version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from notebooks import ROOT


def tool(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def install():
    return tool("install")


@pytest.fixture
def log(install, monkeypatch, tmp_path):
    monkeypatch.setattr(install, "VENV", str(tmp_path))
    monkeypatch.setattr(install, "LOG", str(tmp_path / "install.log"))
    return tmp_path / "install.log"


def pins() -> list[Requirement]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def test_environment_yml_is_in_step_with_pyproject_and_constraints():
    constraints = (ROOT / "constraints.txt").read_text()
    assert (ROOT / "environment.yml").read_text() == tool("constraints").environment(constraints)
    pip = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"][-1]["pip"]
    listed = {Requirement(line).name for line in pip if not line.startswith("-")}
    assert listed == set(tool("constraints").direct_dependencies())


def test_every_constraint_is_one_exact_version():
    for pin in pins():
        assert re.fullmatch(r"==[^,*]+", str(pin.specifier)), pin


def test_these_tests_run_on_those_versions():
    here = [pin for pin in pins() if not pin.marker or pin.marker.evaluate()]
    direct = set(tool("constraints").direct_dependencies())
    assert direct <= {pin.name for pin in here}
    for pin in here:
        if pin.name in direct:
            assert pin.specifier.contains(version(pin.name).split("+")[0]), pin


def test_everything_that_those_need_has_a_constraint_too():
    pinned = {canonicalize_name(pin.name) for pin in pins()}
    todo, seen = [canonicalize_name(name) for name in tool("constraints").direct_dependencies()], set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        needs = [Requirement(need) for need in distribution(name).requires or []]
        todo += [
            canonicalize_name(need.name) for need in needs if not need.marker or need.marker.evaluate({"extra": ""})
        ]
    assert len(seen) > 100 and not seen - pinned


def test_no_address_of_an_index_is_written_down():
    for name in ("constraints.txt", "environment.yml", "pyproject.toml", "Makefile", "tools/install.py"):
        assert "://" not in (ROOT / name).read_text(), name


def sentence(function, *args) -> str:
    with pytest.raises(SystemExit) as stopped:
        function(*args)
    return str(stopped.value)


def test_an_old_python_gets_a_sentence(install, monkeypatch):
    old = namedtuple("version_info", "major minor micro")(3, 9, 2)
    monkeypatch.setattr(install.sys, "version_info", old)
    said = sentence(install.check_machine)
    assert "Python 3.9" in said and "3.11 or newer" in said and "make lab PYTHON=" in said


def test_the_script_is_readable_to_an_old_python():
    ast.parse((ROOT / "tools" / "install.py").read_text(), feature_version=(3, 7))


def test_a_full_disk_gets_a_sentence(install, monkeypatch, tmp_path):
    usage = namedtuple("usage", "total used free")(10, 9, 1_200_000_000)
    monkeypatch.setattr(install.shutil, "disk_usage", lambda path: usage)
    monkeypatch.setattr(install, "PYTHON", str(tmp_path / "none"))
    said = sentence(install.check_machine)
    assert "1.2 GB are free" in said and "about 5 GB" in said


def test_a_missing_venv_part_gets_a_sentence(install, log, monkeypatch, tmp_path):
    monkeypatch.setattr(install, "PYTHON", str(tmp_path / "none"))
    monkeypatch.setattr(install, "run", lambda command, doing: False)
    said = sentence(install.make_environment)
    assert "sudo apt install python3-venv" in said and str(log) in said


def test_a_long_step_gives_signs_of_life_and_keeps_its_words_for_the_log(install, log, capsys):
    assert install.run([sys.executable, "-c", "import time; print('many words'); time.sleep(6)"], "Fetching a thing")
    assert re.fullmatch(r"Fetching a thing \. done in \d+ s\n", capsys.readouterr().out)
    assert "many words" in log.read_text()


def test_a_failing_pip_ends_with_its_reason_and_the_log(install, log, monkeypatch, capsys):
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "no-such-package-here"]
    real = install.run
    monkeypatch.setattr(install, "run", lambda command, doing: real(pip, doing))
    said = sentence(install.install_packages, False)
    assert said.startswith("\nInstallation stopped: pip could not install the packages. It said:\n  ERROR: ")
    assert "No matching distribution found for no-such-package-here" in said and str(log) in said
    assert re.search(r"the packages \(about \d+ MB.*\)[ .]* failed after \d+ s\n$", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("needs", "gpu"), [(["sympy", "nvidia-cublas==1; sys_platform == 'linux'"], True), (["sympy", "jinja2"], False)]
)
def test_the_gpu_build_of_torch_is_recognised(install, log, monkeypatch, needs, gpu):
    def write_report(command, doing):
        report = {"install": [{"metadata": {"requires_dist": needs}}]}
        Path(command[command.index("--report") + 1]).write_text(json.dumps(report))
        return True

    monkeypatch.setattr(install.sys, "platform", "linux")
    monkeypatch.setattr(install, "run", write_report)
    assert install.torch_brings_a_gpu_build(["pip", "install"]) is gpu


@pytest.mark.parametrize("uv_works", [True, False])
def test_the_gpu_build_is_replaced_by_the_cpu_build(install, monkeypatch, capsys, uv_works):
    commands = []

    def run(command, doing):
        commands.append(command)
        return uv_works or "--torch-backend" not in command

    monkeypatch.setattr(install, "torch_brings_a_gpu_build", lambda pip: True)
    monkeypatch.setattr(install.subprocess, "call", lambda command, **options: 1)  # torch is not there yet
    monkeypatch.setattr(install, "run", run)
    install.install_packages(False)
    assert any("--torch-backend" in command and "torch==2.13.0" in command for command in commands)
    assert commands[-1][-1] == "."
    assert ("about 3 GB larger" in capsys.readouterr().out) is not uv_works


@pytest.fixture
def empty(install, monkeypatch, tmp_path):
    """The script before its first call, and a list of what it then does."""
    done = []
    monkeypatch.setattr(install, "VENV", str(tmp_path))
    monkeypatch.setattr(install, "PYTHON", sys.executable)
    monkeypatch.setattr(install.sys, "argv", ["install.py"])
    monkeypatch.setattr(install, "make_environment", lambda: None)
    monkeypatch.setattr(install, "install_packages", lambda extra: done.append("tests too" if extra else "packages"))
    monkeypatch.setattr(install, "install_browser", lambda: None)
    monkeypatch.setattr(install, "install_sandbox", lambda: None)
    return done


def test_a_second_call_does_nothing(install, empty):
    install.main()
    install.main()
    assert empty == ["packages"]


def test_the_tests_part_is_added_once_and_holds_the_rest(install, empty, monkeypatch):
    install.main()
    monkeypatch.setattr(install.sys, "argv", ["install.py", "--test"])
    install.main()
    monkeypatch.setattr(install.sys, "argv", ["install.py"])
    install.main()
    assert empty == ["packages", "tests too"]


def test_an_interrupted_installation_is_taken_up_again(install, empty, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(install, "install_packages", lambda extra: install.stop("the network broke"))
        assert "the network broke" in sentence(install.main)
    install.main()
    assert empty == ["packages"]
