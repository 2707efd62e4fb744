"""What a stranger's code cannot do: each test tries it, inside, and looks at what came of it, inside and outside.

As root everything here runs once more as an ordinary user: see the last test.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest
from test_warm import HERE, run, running, soon, start

from openexperts.grading import sandbox as sandboxes
from openexperts.grading.cgroups import ControlGroup, delegated, own_groups
from openexperts.grading.sandbox import Limits, Sandbox, SandboxError, unavailable
from openexperts.grading.warm import WarmServer

SMALL = Limits(memory_bytes=400_000_000, processes=20, file_bytes=10_000_000, disk_bytes=20_000_000, cpu_seconds=60)


@pytest.fixture(scope="module")
def server():
    os.environ["A_TEACHERS_SECRET"] = "hunter2"
    with WarmServer(("numpy", "warm_targets"), HERE) as server:
        yield server
    del os.environ["A_TEACHERS_SECRET"]


@pytest.fixture(params=["group", "process"])
def memory_kind(request, monkeypatch):
    """With a control group, where this machine allows one, and without."""
    if request.param == "process":

        def refused(*_):
            raise OSError("not here")

        monkeypatch.setattr(sandboxes, "ControlGroup", refused)
    return request.param


def inside(server, source: str, limits: Limits = SMALL, **place) -> tuple[int, str]:
    with Sandbox(limits, **place) as sandbox:
        return run(server, source, sandbox)


def test_it_can_be_made_here():
    assert unavailable() == ""


def test_honest_work_runs(server, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "numbers.txt").write_text("1 2 3")
    (tmp_path / "helper.py").write_text("x = 5")
    source = """
import os, subprocess, sys, tempfile, getpass
from pathlib import Path
import numpy
print(Path("data/numbers.txt").read_text(), numpy.ones(3).sum(), getpass.getuser())
Path("data/numbers.txt").write_text("4")
with tempfile.NamedTemporaryFile("w") as file:
    file.write("x")
print(subprocess.run([sys.executable, "-c", "import openexperts.checks; print(6 * 7)"], capture_output=True, text=True))
Path.home().joinpath(".config").mkdir()
print(os.getcwd(), Path.home())
"""
    code, said = inside(server, source, files=tmp_path)
    assert code == 0 and said.startswith("1 2 3 3.0 learner\n") and "stdout='42\\n'" in said
    assert said.endswith("/tmp/submission /tmp/submission\n")
    assert (tmp_path / "data" / "numbers.txt").read_text() == "1 2 3"


def test_there_is_no_network(server):
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket(socket.AF_UNIX) as hidden:
        hidden.bind(f"\0openexperts-test-{os.getpid()}")
        hidden.listen()
        source = """
import socket
for family, place in ((socket.AF_INET, ("127.0.0.1", given["port"])), (socket.AF_UNIX, given["hidden"])):
    try:
        socket.socket(family).connect(place)
        print("CONNECTED")
    except OSError as error:
        print(type(error).__name__)
print([name for _, name in socket.if_nameindex()])
"""
        given = {"port": listener.getsockname()[1], "hidden": f"\0openexperts-test-{os.getpid()}"}
        with Sandbox(SMALL) as sandbox:
            code, said = run(server, source, sandbox, **given)
        assert (code, said) == (0, "ConnectionRefusedError\nConnectionRefusedError\n['lo']\n")
        assert run(server, source, **given)[1].startswith("CONNECTED\nCONNECTED\n"), "outside it would be reached"


def test_no_file_outside_is_seen(server, tmp_path):
    secret = tmp_path / "marks-of-all.db"
    secret.write_text("hunter2")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "link").symlink_to(secret)
    root = Path(__file__).parents[2]
    seen = [secret, "link", "/etc/passwd", "/etc/hostname", root / "solutions", root / "tests", "/sys", "/var", "/run"]
    seen += [root / "pyproject.toml", Path(os.path.expanduser("~"), ".bashrc"), "/home", "/boot", "/opt", "/mnt"]
    source = """
import os
print([path for path in given["seen"] if os.path.exists(path)])
found = [os.path.join(folder, name) for top in ("/proc/1/root", "/proc/1/cwd") if os.path.exists(top)
         for folder, _, names in os.walk(top) for name in names if name == "marks-of-all.db"]
print(found)
"""
    with Sandbox(SMALL, tmp_path / "files") as sandbox:
        assert run(server, source, sandbox, seen=[str(path) for path in seen]) == (0, "[]\n[]\n")


def test_nothing_can_be_written_but_its_own_folder(server, tmp_path):
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "data.txt").write_text("here")
    source = """
import os
points = [line.split()[4] for line in open("/proc/self/mountinfo")]
tried = [*points, "/root", "/etc", "/work", "/home", "/lib", "/dev/shm", given["folder"]]
written = []
for folder in tried:
    for path in (folder + "/planted", folder):
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT))
            written.append(path)
        except OSError:
            pass
devices = {"/dev/" + name for name in ("null", "zero", "full", "random", "urandom")}
print(sorted(set(written) - devices), open(given["folder"] + "/data.txt").read())
for path in ("/proc/sys/kernel/hostname", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger"):
    try:
        os.close(os.open(path, os.O_WRONLY))  # opening is enough to know: nothing is written to this machine
        print(path)
    except OSError:
        pass
"""
    with Sandbox(SMALL, read_only=[folder]) as sandbox:
        code, said = run(server, source, sandbox, folder=str(folder))
    assert (code, said) == (0, "['/dev/shm/planted', '/tmp/planted'] here\n")
    assert os.listdir(folder) == ["data.txt"]


def test_no_process_outside_is_seen_signalled_or_traced(server):
    with Sandbox(SMALL) as mine, Sandbox(SMALL) as other:
        neighbour, output = start(server, "import time; print('on', flush=True); time.sleep(60)", other)
        output.readline()
        source = """
import ctypes, os, signal, sys
print(len([name for name in os.listdir("/proc") if name.isdigit()]))
for pid in given["pids"]:
    try:
        os.kill(pid, 0)
        print("found", pid)
    except ProcessLookupError:
        pass
    print(ctypes.CDLL(None).ptrace(16, pid, None, None))
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sys.stdout.flush()  # the next signal may be its own end
try:
    os.kill(-1, signal.SIGTERM)
except OSError:
    pass
"""
        pids = [server._process.pid, neighbour.pid, os.getpid()]
        code, said = run(server, source, mine, pids=pids)
        assert said == "3\n-1\n-1\n-1\n"  # itself, and the two that wait
        assert code in (0, -9)  # its signal may end the two that wait, and with them its own space, before it is done
        assert neighbour.poll() is None and running(server._process.pid)


def test_it_has_no_rights_and_gets_none(server):
    source = """
import ctypes, os, subprocess
status = dict(line.split(":\\t") for line in open("/proc/self/status"))
print({name: int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")})
print(status["NoNewPrivs"].strip(), os.getuid() != 0, os.getgid() != 0, 0 in os.getgroups())
library = ctypes.CDLL(None)
print(library.unshare(0x00020000), library.mount(b"none", b"/tmp", b"tmpfs", 0, None), library.chroot(b"/tmp"))
for change in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.chown("/tmp/submission", 0, 0)):
    try:
        change()
        print("DONE")
    except OSError:
        pass
flags = {line.split()[4]: line.split()[5] for line in open("/proc/self/mountinfo")}
print(all("nosuid" in options for options in flags.values()))
"""
    code, said = inside(server, source)
    lines = said.splitlines()
    assert code == 0 and set(eval(lines[0]).values()) == {0}
    assert lines[1:] == ["1 True True False", "-1 -1 -1", "True"]


def test_no_secret_is_in_an_environment_it_can_read(server, tmp_path, monkeypatch):
    hub = tmp_path / "huggingface"
    (hub / "hub").mkdir(parents=True)
    (hub / "hub" / "model").write_text("weights")
    (hub / "token").write_text("hunter2")
    monkeypatch.setenv("HF_HOME", str(hub))
    source = """
import os
everything = str(dict(os.environ))
for pid in filter(str.isdigit, os.listdir("/proc")):
    for name in ("environ", "cmdline"):
        try:
            everything += open(f"/proc/{pid}/{name}", errors="replace").read()
        except OSError:
            pass
hub = given["hub"]
print("hunter2" in everything, os.path.exists(hub + "/token"), open(hub + "/hub/model").read())
"""
    with Sandbox(SMALL) as sandbox:
        assert run(server, source, sandbox, hub=str(hub)) == (0, "False False weights\n")


def test_a_fork_bomb_meets_its_limit(server, memory_kind):
    source = """
import os, time
count = 0
while True:
    try:
        pid = os.fork()
    except BlockingIOError:
        break
    if pid == 0:
        time.sleep(60)
    count += 1
print(count, flush=True)
"""
    with Sandbox(SMALL) as sandbox:
        code, said = run_to_line(server, source, sandbox)
        assert 5 < int(said) <= SMALL.processes
        if sandbox.memory_kind != "per process":
            assert any("more than 20 processes" in words for words in sandbox.findings())


def run_to_line(server, source: str, sandbox) -> tuple[int, str]:
    """For what leaves processes behind that hold the output open."""
    child, output = start(server, source, sandbox)
    return child.wait(60), output.readline()


def test_one_process_that_takes_too_much_memory_gets_an_error(server, memory_kind):
    code, said = inside(server, "bytearray(10**9)")
    assert code == 1 and "MemoryError" in said


def test_many_processes_that_take_too_much_memory_together_are_ended(server, memory_kind):
    source = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        taken = b"x" * 150_000_000
        time.sleep(60)
os.wait()
time.sleep(60)
"""
    with Sandbox(SMALL) as sandbox:
        assert ("cgroup" in sandbox.memory_kind) == (memory_kind == "group" and has_groups())
        child, _ = start(server, source, sandbox)
        assert soon(lambda: any("0.4 GB of memory" in words for words in sandbox.findings()))
        child.kill()
        assert sandbox.usage()[1] > 250_000_000


def has_groups() -> bool:
    try:
        ControlGroup(10**9, 50).remove()
    except OSError:
        return False
    return True


def test_the_disk_can_be_filled_and_no_more(server):
    source = """
import os
try:
    for number in range(100):
        with open(f"{number}", "wb") as file:
            file.write(b"x" * 1_000_000)
except OSError as error:
    print(number < 25, error.strerror, flush=True)
try:
    open("large", "wb").truncate(50_000_000)
except OSError as error:
    print(error.strerror)
    os.remove("large")
os.remove("0")
try:
    for number in range(10**6):
        open(f"empty{number}", "w").close()
except OSError as error:
    print(number < 10**4, error.strerror)
"""
    with Sandbox(SMALL) as sandbox:
        code, said = run(server, source, sandbox)
        full = "No space left on device"
        assert (code, said) == (0, f"True {full}\nFile too large\nTrue {full}\n")
        assert sandbox.findings() == ["The submission filled its disk of 20 MB."]


def test_computing_without_end_is_ended(server, memory_kind):
    limits = Limits(cpu_seconds=1)
    with Sandbox(limits) as sandbox:
        child, _ = start(server, "import os\nos.fork()\nos.fork()\nwhile True: pass", sandbox)
        assert child.wait(60) < 0
        assert soon(lambda: sandbox.usage()[0] >= 0.9)
        sandbox.kill()
        assert sandbox.findings() == ["The submission computed for more than its 1 seconds."]


def test_computing_is_counted_for_all_processes_together(server, memory_kind):
    source = """
import os, time
for _ in range(3):
    if os.fork() == 0:
        while time.process_time() < 1.2:
            pass
        time.sleep(60)
time.sleep(60)
"""
    with Sandbox(Limits(cpu_seconds=2)) as sandbox:  # which none of them needs for itself
        child, _ = start(server, source, sandbox)
        assert child.wait(60) == -signal.SIGKILL
        assert sandbox.findings() == ["The submission computed for more than its 2 seconds."]


def test_background_processes_end_with_it(server):
    mark = f"60.{os.getpid()}"
    source = f"""
import os, subprocess
subprocess.Popen(["sleep", "{mark}"], start_new_session=True, stdout=subprocess.DEVNULL)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", "{mark}"])
    os._exit(0)
os.wait()
print("on", flush=True)
"""
    with Sandbox(SMALL) as sandbox:
        run_to_line(server, source, sandbox)
        assert soon(lambda: len(processes_with(mark)) == 2)
    assert soon(lambda: not processes_with(mark))


def processes_with(mark: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark in path.read_text():
                found.append(path.parent.name)
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            pass
    return found


def test_everything_ends_when_the_grader_is_killed(server):
    program = f"""
import time
from openexperts.grading.sandbox import Sandbox
from openexperts.grading.warm import WarmServer
server = WarmServer(("warm_targets",), {HERE!r})
sandbox = Sandbox()
child = server.fork("warm_targets:run", {{"source": "import time; time.sleep(60)"}}, sandbox=sandbox)
print("on", flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout.readline() == "on\n"
        pids = [process.pid for process in psutil.Process(grader.pid).children(recursive=True)]
        assert len(pids) == 5  # the server and its child; bubblewrap outside, bubblewrap inside and what it waits for
        grader.kill()
    assert soon(lambda: not any(map(running, pids)))
    if has_groups():  # which made one, and so took away what the killed grader left
        own = own_groups()
        parent = own.get("memory") or delegated(own[""])
        assert not list(parent.glob(f"openexperts-{grader.pid}-*"))


def test_nothing_is_left_open_in_the_grader(server, memory_kind):
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with Sandbox(SMALL) as sandbox:
            run(server, "pass", sandbox)
    assert len(os.listdir("/proc/self/fd")) <= before + 1
    assert sandbox.usage()[0] > 0, "what was measured stays"


def test_a_place_that_is_gone_cannot_be_entered(server, memory_kind):
    with Sandbox(SMALL) as sandbox:
        pass
    with pytest.raises(SandboxError):
        run(server, "pass", sandbox)


def test_without_bubblewrap_there_is_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    words = unavailable.__wrapped__()
    assert "bwrap" in words and "Dockerfile" in words and "--unsafe-no-sandbox" in words


def test_a_bubblewrap_that_may_not_do_it_is_a_sentence_with_its_reason(monkeypatch, tmp_path):
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho 'bwrap: No permissions to create a new namespace' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert "No permissions to create a new namespace. Two ways on" in unavailable.__wrapped__()


def test_groups_of_version_2_are_found_where_they_are_handed_down(tmp_path):
    """This project's own machines have version 1, so that only the choice of the group can be tried."""
    ours = tmp_path / "user.slice" / "app.slice" / "terminal.scope"
    ours.mkdir(parents=True)
    for folder in (ours, *list(ours.parents)[:3]):
        (folder / "cgroup.controllers").write_text("cpu memory pids")
        (folder / "cgroup.procs").write_text("")
        (folder / "cgroup.subtree_control").write_text("")
    assert delegated(ours) is None
    (tmp_path / "user.slice" / "cgroup.subtree_control").write_text("memory pids")
    assert delegated(ours) == tmp_path / "user.slice"


@pytest.fixture
def theirs():
    with tempfile.TemporaryDirectory(prefix="openexperts-user-") as folder:  # pytest's own are closed to others
        yield folder


AS_USER = """
import os, sys
if os.getuid() == 0:
    os.setgroups([])
    os.setresgid(1234, 1234, 1234)
    os.setresuid(1234, 1234, 1234)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


@pytest.mark.skipif(
    "OPENEXPERTS_TEST_AS_USER" in os.environ or os.getuid() != 0, reason="this is an ordinary user's run"
)
def test_all_of_it_holds_for_an_ordinary_user_too(theirs):
    """For whom bubblewrap makes a user namespace; or where the machine allows none, that must be what is said."""
    home = Path(sys.base_prefix).parents[-2]  # an interpreter in a private home is shown at its own place, as inside
    seen = ["--dev-bind", "/", "/"]
    if not home.stat().st_mode & 1:
        seen += ["--tmpfs", str(home)]
        for path in sandboxes.python_folders():
            for place in sandboxes.both(path):
                if place.is_relative_to(home):
                    for parent in [*place.parents][-2::-1]:
                        seen += ["--dir", str(parent)]
                    seen += ["--ro-bind", str(place), str(place)]
        seen += ["--chmod", "0755", str(home)]
    os.chown(theirs, 1234, 1234)
    environment = os.environ | {"OPENEXPERTS_TEST_AS_USER": "1", "HOME": theirs, "TMPDIR": theirs}
    user = ["bwrap", *seen, "--", sys.executable, "-c", AS_USER]

    def as_user(*arguments):
        return subprocess.run([*user, *arguments], capture_output=True, text=True, env=environment, cwd="/")

    assert as_user("-c", "import os; print(os.getuid())").stdout == "1234\n"
    words = as_user("-c", "from openexperts.grading.sandbox import unavailable; print(unavailable())").stdout.strip()
    if words:
        assert "Two ways on" in words
        print(f"As an ordinary user: not tried. {words}")
    else:
        result = as_user("-m", "pytest", __file__, "-q", "-p", "no:cacheprovider", f"--basetemp={theirs}/tests")
        assert result.returncode == 0, result.stdout[-5000:] + result.stderr
        print("As an ordinary user: tried.")
