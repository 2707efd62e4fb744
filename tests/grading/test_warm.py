"""A ready child: it does what it is asked, has nothing it should not have, and is gone when it should be."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning import KernelProvisionerFactory
from nbclient import NotebookClient

from openexperts.grading import provisioner
from openexperts.grading.sandbox import Limits, Unsandboxed
from openexperts.grading.warm import WarmError, WarmServer

HERE = {"PYTHONPATH": str(Path(__file__).parent)}


@pytest.fixture(scope="module")
def server():
    os.environ["A_TEACHERS_SECRET"] = "hunter2"
    with WarmServer(("torch", "numpy", "warm_targets"), HERE) as server:
        assert server.missing() == []
        yield server
    del os.environ["A_TEACHERS_SECRET"]


def start(server, source: str, sandbox=None, fds=(), **given):
    """A child that runs `source`, and what it will have written."""
    read, write = os.pipe()
    child = server.fork("warm_targets:run", {"source": source} | given, fds, write, sandbox)
    os.close(write)
    return child, open(read)


def run(server, source: str, sandbox=None, fds=(), **given) -> tuple[int, str]:
    child, output = start(server, source, sandbox, fds, **given)
    with output:
        said = output.read()
    return child.wait(60), said


def running(pid: int) -> bool:
    """Whether a process with this number does more than wait to be forgotten."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def soon(holds) -> bool:
    end = time.monotonic() + 60
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def test_a_child_gets_its_payload_however_long_and_its_output_comes_back(server):
    assert run(server, "print(len(given['text']))", text="x" * 3_000_000) == (0, "3000000\n")


def test_a_child_has_the_descriptors_it_was_given_and_no_others(server):
    read, write = os.pipe()
    source = """
import os
def is_open(number):
    try:
        return bool(os.fstat(number))
    except OSError:
        return False
print([number for number in range(1000) if is_open(number)] == [0, 1, 2, *fds], len(fds))
os.write(fds[0], b"hello")
"""
    code, said = run(server, source, fds=[write])
    os.close(write)
    with open(read) as file:
        assert file.read() == "hello"
    assert (code, said) == (0, "True 1\n")


def test_an_exception_is_written_to_its_output_and_exits_1(server):
    code, said = run(server, "1 / 0")
    assert code == 1 and said.rstrip().endswith("ZeroDivisionError: division by zero")


def test_an_interrupt_is_a_keyboard_interrupt_and_a_kill_ends_it(server):
    child, output = start(server, "import time; print('on', flush=True); time.sleep(60)")
    assert output.readline() == "on\n" and child.poll() is None
    with pytest.raises(TimeoutError):
        child.wait(0.05)
    child.interrupt()
    assert child.wait(60) == 1 and "KeyboardInterrupt" in output.read()
    child, output = start(server, "import time; print('on', flush=True); time.sleep(60)")
    output.readline()
    child.kill()
    assert child.wait(60) == -signal.SIGKILL


def test_an_ended_child_can_be_told_to_end_without_harm_to_whoever_has_its_number(server):
    child, _ = start(server, "pass")
    child.wait(60)
    child.kill()
    child.interrupt()
    assert child.poll() == 0


def test_children_draw_different_numbers(server):
    source = "import random, numpy, torch; print(random.random(), numpy.random.rand(), float(torch.rand(())))"
    drawn = [run(server, source)[1].split() for _ in range(3)]
    assert all(len(set(column)) == 3 for column in zip(*drawn, strict=True)), drawn


def test_no_secret_of_the_starters_environment_is_passed_on(server):
    source = "import os; print(dict(os.environ), open('/proc/self/environ').read(), os.environ['OMP_NUM_THREADS'])"
    code, said = run(server, source)
    assert code == 0 and "hunter2" not in said and said.endswith(" 1\n")


def test_many_threads_fork_at_once(server):
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: run(server, f"print({n})"), range(48)))
    assert answers == [(0, f"{n}\n") for n in range(48)]


def test_what_a_child_leaves_behind_ends_with_it(server):
    leave = "import subprocess; print(subprocess.Popen(['sleep', '60']).pid, flush=True)"
    child, output = start(server, leave)
    left = int(output.readline())
    assert child.wait(60) == 0 and soon(lambda: not running(left))


def test_a_child_shares_what_was_imported_and_keeps_sharing_it_when_it_collects_garbage(server):
    source = """
import gc
gc.collect()
lines = open("/proc/self/smaps_rollup").read().splitlines()
print(sum(int(line.split()[1]) for line in lines if line.startswith("Private_")), lines[1].split()[1])
"""
    private, all_of_it = map(int, run(server, source)[1].split())
    assert private < 30_000 < 100_000 < all_of_it  # kB; without gc.freeze() it is about half


def test_without_a_sandbox_a_child_still_has_its_own_folder_and_limits(server, tmp_path):
    (tmp_path / "data.txt").write_text("mine")
    with Unsandboxed(Limits(memory_bytes=200_000_000), tmp_path) as place:
        source = "print(open('data.txt').read(), flush=True); open('data.txt', 'w'); bytearray(10**9)"
        code, said = run(server, source, place)
        assert code == 1 and said.startswith("mine\n") and "MemoryError" in said
        assert place.usage()[0] > 0 and "without a sandbox" in place.findings()[0]
    assert (tmp_path / "data.txt").read_text() == "mine"


def test_a_module_that_is_missing_is_a_sentence_and_not_the_end():
    with WarmServer(("no_such_module",)) as server:
        assert server.missing() == [
            "no_such_module could not be imported ahead (ModuleNotFoundError: No module named 'no_such_module')."
        ]


def test_a_file_in_the_current_folder_is_not_taken_for_a_package(tmp_path, monkeypatch):
    (tmp_path / "numpy.py").write_text("raise SystemExit('taken')")
    monkeypatch.chdir(tmp_path)
    with WarmServer(("numpy",)) as server:
        assert server.missing() == []


def test_children_end_with_their_server_and_a_lost_server_is_said():
    server = WarmServer(("warm_targets",), HERE)
    child, output = start(server, "import time; print('on', flush=True); time.sleep(60)")
    output.readline()
    server.close()
    assert soon(lambda: not running(child.pid)) and child.wait(60) == -signal.SIGKILL
    server = WarmServer(("warm_targets",), HERE)
    child, output = start(server, "import time; print('on', flush=True); time.sleep(60)")
    output.readline()
    os.kill(server._process.pid, signal.SIGKILL)
    assert child.wait(60) == -signal.SIGKILL and soon(lambda: not running(child.pid))
    with pytest.raises(WarmError):
        run(server, "pass")
    server.close()


STARTER = f"""
import time
from openexperts.grading.warm import WarmServer
server = WarmServer(("warm_targets",), {HERE!r})
child = server.fork("warm_targets:run", {{"source": "import time; time.sleep(60)"}})
print(server._process.pid, child.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("server_too", [False, True])
def test_all_ends_when_the_starter_is_killed(server_too):
    with subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True) as starter:
        pids = [int(word) for word in starter.stdout.readline().split()]
        assert all(map(running, pids))
        if server_too:  # before it can end its child, and while its starter cannot
            starter.send_signal(signal.SIGSTOP)
            os.kill(pids[0], signal.SIGKILL)
        starter.kill()
    assert soon(lambda: not any(map(running, pids)))


def test_a_thread_may_start_the_server_and_end():
    made = []
    thread = threading.Thread(target=lambda: made.append(WarmServer(("warm_targets",), HERE)))
    thread.start()
    thread.join()
    with made[0] as server:
        time.sleep(0.2)
        assert run(server, "print(1)") == (0, "1\n")


# Jupyter kernels


@pytest.fixture
def warm_kernels(monkeypatch):
    """Every Python kernel is a forked one, from a server that imports little."""
    monkeypatch.setattr(provisioner, "IMPORTS", ("ipykernel.kernelapp",))
    factory = KernelProvisionerFactory.instance()
    monkeypatch.setattr(factory, "default_provisioner_name", "openexperts-warm")


@pytest.mark.parametrize("mode", ["signal", "message"])
def test_a_notebook_runs_in_a_forked_kernel_and_a_late_cell_is_interrupted(warm_kernels, tmp_path, monkeypatch, mode):
    monkeypatch.setattr(KernelSpec, "interrupt_mode", mode)
    monkeypatch.setenv("FROM_THE_GRADER", "yes")
    sources = [
        "import os; print(os.getpid(), os.getppid(), os.environ['FROM_THE_GRADER'], os.getcwd())",
        "import time; time.sleep(60)",
        "1 + 1",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    client = NotebookClient(
        notebook, timeout=5, interrupt_on_timeout=True, allow_errors=True, resources={"metadata": {"path": tmp_path}}
    )
    client.execute()
    pid, parent, word, folder = notebook.cells[0].outputs[0].text.split()
    server = provisioner.warm_server(provisioner.IMPORTS)
    assert int(parent) == server._process.pid and word == "yes" and folder == str(tmp_path)
    assert notebook.cells[1].outputs[0].ename == "KeyboardInterrupt"
    assert notebook.cells[2].outputs[0].data["text/plain"] == "2"
    assert soon(lambda: not running(int(pid)))


def test_another_python_and_another_language_are_started_as_usual():
    def arguments(*cmd):
        return provisioner.kernel_arguments(list(cmd))

    assert arguments(sys.executable, "-m", "ipykernel_launcher", "-f", "x.json") == ["-f", "x.json"]
    assert arguments("/usr/bin/python3", "-m", "ipykernel_launcher", "-f", "x.json") is None
    assert arguments("/usr/bin/R", "--slave", "-f", "x.json") is None


async def restarted() -> tuple[int, int]:
    manager = AsyncKernelManager(kernel_name="python3")
    await manager.start_kernel()
    first = manager.provisioner.pid
    await manager.restart_kernel(now=True)
    second = manager.provisioner.pid
    alive = await manager.is_alive()
    await manager.shutdown_kernel(now=True)
    assert alive
    return first, second


def test_a_kernel_can_be_restarted(warm_kernels):
    import asyncio

    first, second = asyncio.run(restarted())
    assert first != second and soon(lambda: not running(first) and not running(second))
