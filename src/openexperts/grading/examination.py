"""One submission, from a notebook to a judged notebook: the learner's process runs it, the examiner's judges it.

The supervisor is this process. It forks both (warm.py), gives orders to each, keeps the time, and collects the outputs.
Cells run in the notebook's order: the learner's cells in the learner's process, locked set-up cells in both, checks in
the examiner's only. What a check prints and raises decides its mark; nothing from the learner's process does.
"""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode, from_dict  # and not v4.new_output: that validates each output by itself, slowly

from openexperts.grading.intake import Finding, Source
from openexperts.grading.names import asked, borrowed
from openexperts.grading.rooms import stream
from openexperts.grading.sandbox import Limits, Sandbox, Unsandboxed
from openexperts.grading.warm import WarmServer
from openexperts.grading.wire import GONE, Channel, Closed, WireError

GRACE = 5  # seconds between asking a process to stop and ending it
MAX_TOTAL_OUTPUT = 20_000_000  # bytes of a notebook's outputs
# What a learner's cell may leave in the judged notebook. Anything else is active content, or nobody's business.
MEDIA = ("text/plain", "text/html", "text/latex", "text/markdown", "image/png", "image/jpeg", "image/svg+xml")


@dataclass(frozen=True)
class Rules:
    """How a submission is examined. Seconds are on the clock."""

    cell_seconds: float = 120
    cell_seconds_after_one_ran_out: float = 20  # a function that loops for ever is asked again by later cells
    total_seconds: float = 900
    limits: Limits = field(default_factory=Limits)
    read_only: tuple[str, ...] = ()  # more folders that a learner's code may read
    sandboxed: bool = True


@dataclass
class Examined:
    """A judged notebook, and how it came about. `state` is "graded", "needs a person" or "not graded"."""

    notebook: NotebookNode
    state: str
    why: str
    findings: list[Finding]
    usage: dict


class Ended(Exception):
    """A process that is needed has ended; the text says in which cell and why."""


class _Room:
    """A forked process that runs cells."""

    def __init__(
        self,
        server: WarmServer,
        watchdog: "_Watchdog",
        target: str,
        standins: socket.socket,
        payload: dict,
        sandbox=None,
        output=None,
    ):
        mine, theirs = socket.socketpair()
        with theirs:
            fds = [theirs.fileno(), standins.fileno()]
            self.child = server.fork(
                f"openexperts.grading.rooms:{target}", payload, fds, output=output, sandbox=sandbox
            )
        self.control = Channel(mine, max_tensors=0)
        self.sandbox = sandbox
        self.ended = ""
        self.stopped = False  # whether the last order was cut short
        self.watchdog = watchdog
        watchdog.rooms.append(self)

    def order(self, seconds: float, also: "_Room | None" = None, **what) -> dict:
        """Give an order and wait for the answer. After `seconds`, `also` and then this process are told to stop.

        Raises Ended where the process did not stop when told to, or ended by itself.
        """
        if self.ended:
            raise Ended(self.ended)
        self.stopped = False
        alarms = []
        for number, room in enumerate([also, self] if also else [self]):
            late = seconds + 2 * GRACE * number
            alarms += [(late, room.interrupt), (late + GRACE, room.kill)]
        with self.watchdog.alarms(alarms):
            try:
                self.control.send(what)
                answer, _ = self.control.receive()
                return answer
            except Closed:
                self.ended = self.ended or "Python itself ended: it ran out of memory, crashed, or was told to exit."
                raise Ended(self.ended) from None
            except WireError as error:
                self.kill()
                self.ended = f"what it sent is nothing that Python code prints or returns ({error})."
                raise Ended(self.ended) from None

    def interrupt(self) -> None:
        self.stopped = True
        self.child.interrupt()

    def kill(self) -> None:
        if not self.ended:
            self.ended = "it did not stop when its time was over, and was ended."
        self.child.kill()
        self.bury()

    def bury(self) -> None:
        """The end of the process is the end of all that it left behind.

        A child of a learner's may hold the sockets open, and would let everybody wait.
        """
        if self.sandbox is not None:
            self.sandbox.kill()
        with contextlib.suppress(OSError):
            self.control.connection.shutdown(socket.SHUT_RDWR)  # what has arrived can still be read

    def close(self) -> None:
        self.control.close()
        self.child.kill()
        self.child.wait(10)


class _Watchdog(threading.Thread):
    """Looks after the processes of one submission: whether one has ended, and whether its time is over."""

    def __init__(self):
        super().__init__(daemon=True)
        self.rooms: list[_Room] = []
        self.waiting: list[tuple[float, Callable[[], None]]] = []
        self.lock, self.done = threading.Lock(), threading.Event()
        self.start()

    def run(self) -> None:
        while not self.done.wait(0.1):
            with self.lock:
                due = [alarm for alarm in self.waiting if alarm[0] <= time.monotonic()]
                self.waiting = [alarm for alarm in self.waiting if alarm not in due]
            ended = [room for room in self.rooms if room.child.poll() is not None]
            for action in [*(action for _, action in due), *(room.bury for room in ended)]:
                with contextlib.suppress(Exception):  # the next alarm must ring, whatever became of this one
                    action()
            for room in ended:
                self.rooms.remove(room)

    @contextlib.contextmanager
    def alarms(self, wanted: Sequence[tuple[float, Callable[[], None]]]) -> Iterator[None]:
        """Do things after so many seconds each, if this is still held then."""
        now = time.monotonic()
        wanted = [(now + seconds, action) for seconds, action in wanted]
        with self.lock:
            self.waiting += wanted
        try:
            yield
        finally:
            with self.lock:
                self.waiting = [alarm for alarm in self.waiting if alarm not in wanted]

    def close(self) -> None:
        self.done.set()
        self.join()


class _Drain(threading.Thread):
    """Reads what a process writes past Python, to descriptors 1 and 2, so that it never waits; keeps a little of it."""

    def __init__(self):
        super().__init__(daemon=True)
        self.read_end, self.write_end = os.pipe()
        self.kept, self.lock = bytearray(), threading.Lock()
        self.start()

    def run(self) -> None:
        while True:
            data = os.read(self.read_end, 1 << 16)
            if not data:
                os.close(self.read_end)
                return
            with self.lock:
                self.kept += data[: max(0, 1_000_000 - len(self.kept))]

    def take(self) -> str:
        with self.lock:
            text, self.kept = self.kept.decode("utf-8", "replace"), bytearray()
        return text


def examine(
    notebook: NotebookNode,
    source: Source,
    server: WarmServer,
    rules: Rules = Rules(),
    files: Path | None = None,
) -> Examined:
    """Run and judge a canonical notebook (intake.py). `files` is a folder of what was handed in beside it.

    The notebook that comes back has outputs; nothing raised by a learner's code gets out of here.
    """
    start = time.monotonic()
    space = Sandbox if rules.sandboxed else Unsandboxed
    with contextlib.ExitStack() as stack:
        sandbox = stack.enter_context(space(rules.limits, files, tuple(map(Path, rules.read_only))))
        drain, watchdog = _Drain(), _Watchdog()
        stack.callback(watchdog.close)
        near, far = socket.socketpair()
        with near, far:
            learner = _Room(server, watchdog, "learner", far, {}, sandbox, drain.write_end)
            stack.callback(learner.close)
            os.close(drain.write_end)
            examiner = _Room(server, watchdog, "examiner", near, {"memory_bytes": rules.limits.memory_bytes})
            stack.callback(examiner.close)
        session = _Session(notebook, source, learner, examiner, drain, rules, start)
        session.run()
        seconds, peak = sandbox.usage()
        findings = session.findings + [Finding("limit", words, True) for words in sandbox.findings()]
    usage = {"seconds": time.monotonic() - start, "processor_seconds": seconds, "peak_bytes": peak}
    usage["memory_limit"] = sandbox.memory_kind
    usage["checks_processor_seconds"] = examiner.child.cpu_seconds  # of the process that judges, which has ended
    state = session.state
    if state == "graded" and any(finding.needs_person for finding in findings):
        state = "needs a person"
    return Examined(session.notebook, state, session.why, findings, usage)


class _Session:
    """The state while one notebook is run."""

    def __init__(self, notebook, source, learner: _Room, examiner: _Room, drain: _Drain, rules: Rules, start: float):
        self.notebook, self.source = notebook, {cell.name: cell for cell in source.cells}
        self.learner, self.examiner, self.drain, self.rules = learner, examiner, drain, rules
        self.until = start + rules.total_seconds
        self.findings: list[Finding] = []
        self.state, self.why, self.size = "graded", "", 0
        self.one_ran_out = False  # a cell of the learner's, or a check that waited for their code
        locked = [cell for cell in notebook.cells if self.is_locked(cell)]
        answers = [cell.source for cell in source.cells if cell.solution and cell.cell_type == "code"]
        self.set_up = [cell.source for cell in source.cells if cell.locked and not cell.grade]
        self.names = dict(zip(map(id, locked), asked([cell.source for cell in locked], answers), strict=True))

    def is_locked(self, cell) -> bool:
        """A code cell whose text is the course's own."""
        known = self.source.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        locked = known is not None and not known.solution and (known.locked or known.grade)
        return locked and cell.cell_type == "code" and cell.source == known.source

    def run(self) -> None:
        for count, cell in enumerate((c for c in self.notebook.cells if c.cell_type == "code"), start=1):
            cell.execution_count = count
            name = cell.metadata.get("nbgrader", {}).get("grade_id") or f"cell {count}"
            check = self.is_locked(cell) and self.source[name].grade
            known = self.source.get(name)
            if known is not None and known.solution and (found := borrowed(cell.source, self.set_up)):
                given = ", ".join(found)
                words = f"The answer in {name} names or repeats {given}, which the lab gives for comparison only."
                self.findings.append(Finding("borrowed", words, True))
            try:
                if not check:
                    cell.outputs = self.ask_learner(cell.source, name)
                if self.is_locked(cell):
                    judged = self.ask_examiner(cell, name)
                    cell.outputs = judged if check or not cell.outputs else cell.outputs
            except Ended as error:
                self.state, self.why = "not graded", f"the examiner's process ended in {name}: {error}"
                return

    def seconds(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0 and not any(finding.kind == "limit" for finding in self.findings):
            words = f"The notebook took longer than {self.rules.total_seconds:g} s: what came after that was cut short."
            self.findings.append(Finding("limit", words, True))
        most = self.rules.cell_seconds_after_one_ran_out if self.one_ran_out else self.rules.cell_seconds
        return max(0.1, min(most, self.rules.cell_seconds, left))

    def ask_learner(self, source: str, name: str) -> list[NotebookNode]:
        if self.learner.ended:
            return []
        if not source.strip():
            return []
        seconds = self.seconds()
        try:
            answer = self.learner.order(seconds, run=source)
        except Ended as error:
            self.findings.append(Finding("ended", f"In {name}, the submission's Python came to an end: {error}", True))
            return self.outputs([stream(self.drain.take())] + [_error("Ended", str(error))])
        outputs = answer.get("outputs")
        outputs = outputs if isinstance(outputs, list) else []
        if self.learner.stopped:
            self.one_ran_out = True
            words = f"This cell did not finish within {round(seconds, 1):g} s and was stopped. "
            outputs = [item for item in outputs if isinstance(item, dict) and item.get("output_type") != "error"]
            outputs.append(_error("CellTimeoutError", words + "Is there a loop that never ends?"))
        return self.outputs([stream(self.drain.take()), *outputs])

    def ask_examiner(self, cell, name: str) -> list[NotebookNode]:
        names = sorted(self.names[id(cell)])
        if names and self.learner.ended:
            return [from_dict(_error("Ended", f"This cell could not ask your code: {self.learner.ended}"))]
        ended = self.learner.ended
        answer = self.examiner.order(self.seconds(), also=self.learner, run=cell.source, names=names)
        self.one_ran_out |= self.learner.stopped
        outputs = answer["outputs"]
        if answer["status"] == "error":  # nbgrader takes a value as a mark, even before an error
            outputs = [item for item in outputs if item["output_type"] != "execute_result"]
            if not any(item["output_type"] == "error" for item in outputs):  # such as a check that calls exit()
                outputs.append(_error("Ended", f"The check {name} did not come to its end."))
        outputs = [_mark(item, self.source[name].points) for item in outputs]
        for item in outputs:
            if item["output_type"] == "stream":  # nbgrader gives no points where a check has a word on stderr
                item["name"] = "stdout"
            if item["output_type"] == "error" and item["ename"] == "CannotCross":
                words = f"The check {name} could not be put to the submission: {item['evalue']}."
                self.findings.append(Finding("cannot-cross", words, True))
        printed = []
        try:
            printed = self.learner.order(GRACE, take=True).get("outputs")
        except Ended as error:
            if not ended:
                words = f"While {name} asked it, the submission's Python came to an end: {error}"
                self.findings.append(Finding("ended", words, True))
        if answer["trouble"] and not (self.learner.ended and answer["trouble"].startswith(GONE)):
            words = f"While {name} asked it, the submission's process answered as no honest code does: "
            self.findings.append(Finding("protocol", words + f"{answer['trouble']}.", True))
        printed = [item for item in printed if isinstance(item, dict)] if isinstance(printed, list) else []
        return self.outputs([stream(self.drain.take()), *printed], only_text=True) + [
            from_dict(_complete(item)) for item in outputs
        ]

    def outputs(self, items: Sequence[dict], only_text: bool = False) -> list[NotebookNode]:
        """What the learner's process says are outputs, made into a notebook's: kind, media and size are looked at."""
        good = []
        for item in items:
            made = _output(item)
            if made is None or (only_text and made.output_type != "stream"):
                continue
            if only_text:
                made.name = "stdout"
            self.size += len(str(made))
            if self.size > MAX_TOTAL_OUTPUT:
                words = f"Outputs of more than {MAX_TOTAL_OUTPUT / 1e6:.0f} MB are left out."
                if not any(finding.kind == "output" for finding in self.findings):
                    self.findings.append(Finding("output", words, False))
                break
            good.append(made)
        return good


def _error(name: str, words: str) -> dict:
    return {"output_type": "error", "ename": name, "evalue": words, "traceback": [f"{name}: {words}"]}


def _mark(item: dict, points: float) -> dict:
    """nbgrader takes a check's last value as its mark: only a number of points may be one, and nothing beyond them."""
    if item["output_type"] == "execute_result":
        with contextlib.suppress(ValueError):
            if not 0 <= float(item["data"].get("text/plain", "")) <= points:
                return _error("NoMark", f"This check gave a value that is no mark between 0 and {points:g}.")
    return item


def _complete(item: dict) -> dict:
    return item | ({"execution_count": None} if item["output_type"] == "execute_result" else {})


def _output(item: object) -> NotebookNode | None:
    """One output of the learner's process, or None if it is not of a form that a notebook has."""
    if not isinstance(item, dict):
        return None
    kind = item.get("output_type")
    if kind == "stream":
        text, name = _text(item.get("text")), item.get("name")
        name = "stderr" if name == "stderr" else "stdout"
        return from_dict({"output_type": kind, "name": name, "text": text}) if text else None
    if kind == "error":
        lines = item.get("traceback")
        lines = [_text(line, 20_000) for line in lines[:400]] if isinstance(lines, list) else []
        words = {"ename": _text(item.get("ename"), 200), "evalue": _text(item.get("evalue"), 20_000)}
        return from_dict({"output_type": kind, **words, "traceback": lines})
    if kind in ("display_data", "execute_result") and isinstance(item.get("data"), dict):
        data = {mime: _text(item["data"][mime]) for mime in MEDIA if isinstance(item["data"].get(mime), str)}
        return from_dict(_complete({"output_type": kind, "data": data, "metadata": {}})) if data else None
    return None


def _text(value: object, most: int | None = None) -> str:
    """Text that a file can hold; JSON allows half a character."""
    return value[:most].encode("utf-8", "replace").decode() if isinstance(value, str) else ""
