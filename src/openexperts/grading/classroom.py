"""`openexperts grade`: a whole class, many submissions at once, one writer to the gradebook.

Each submission is one job for dask.distributed: plain data in (a canonical notebook and the lab's own cells), plain
data out (a judged notebook, findings, what it took). This process alone reads what was handed in and writes: first the
judged notebook with a record beside it, under `examined/`, then, through nbgrader's own autograde, the gradebook.
Killed between any two of these, the next run goes on from the records: nothing is examined twice and nothing is lost.

Works for any nbgrader course: it takes nbgrader's own configuration.
"""

import fcntl
import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat

from openexperts.grading.course import CourseError, nbgrader_for, require_success
from openexperts.grading.intake import Finding, Intake, Source, take_in

RECORD = "record.json"
MERGED = "merged.json"  # beside the record, once the gradebook has it
FORM = 1  # of a record: change it when an old one may no longer stand for a new run


@dataclass(frozen=True)
class Options:
    """How to grade a class. Fields that are empty mean: everyone, all processors, a scheduler of our own."""

    students: Sequence[str] = ()
    workers: int = 0
    scheduler: str = ""
    collect: bool = True
    again: bool = False
    unsafe_no_sandbox: bool = False


@dataclass
class Outcome:
    """What became of one submission. `state` is "graded", "needs a person" or "not graded"."""

    student: str
    state: str
    why: str = ""
    score: float | None = None
    max_score: float | None = None
    waiting: list[str] = field(default_factory=list)  # parts that a person still marks
    findings: list[dict] = field(default_factory=list)
    fresh: bool = True  # False: it had been graded before and nothing has changed


class Class:
    """The submissions of one lab, and the folders and the gradebook of its course."""

    def __init__(self, config, lab: str, options: Options = Options()):
        self.config, self.lab, self.options = config, lab, options
        self.api = nbgrader_for(config)
        directory = self.api.coursedir
        self.submitted = Path(directory.format_path(directory.submitted_directory, ".", "."))
        self.examined = Path(directory.format_path(directory.autograded_directory, ".", ".")).parent / "examined"
        self.sources = self._sources()
        self.lab_digest = _digest([FORM, *(source.to_data() for source in self.sources)])

    def _sources(self) -> list[Source]:
        from nbgrader.api import Gradebook, MissingEntry

        with Gradebook(self.api.coursedir.db_url, self.api.coursedir.course_id) as gradebook:
            try:
                names = [notebook.name for notebook in gradebook.find_assignment(self.lab).notebooks]
            except MissingEntry:
                names = []
            if not names:
                raise CourseError(f"The gradebook knows no notebook of {self.lab}: release the lab first.")
            return [Source.from_gradebook(gradebook, name, self.lab) for name in sorted(names)]

    def students(self) -> list[str]:
        """Who has handed in, by name. Raises CourseError where a name was asked for that has not."""
        found = (
            sorted(entry.name for entry in os.scandir(self.submitted) if os.path.lexists(Path(entry.path) / self.lab))
            if self.submitted.is_dir()
            else []
        )
        missing = sorted(set(self.options.students) - set(found))
        if missing:
            raise CourseError(
                f"{', '.join(missing)} has handed in nothing for {self.lab} (looked in {self.submitted})."
            )
        found = [name for name in found if not self.options.students or name in self.options.students]
        if not found:
            raise CourseError(f"Nobody has submitted {self.lab} yet.")
        return found

    # One submission's folder of results

    def place(self, student: str) -> Path:
        return self.examined / student / self.lab

    def record(self, student: str) -> dict:
        """What an earlier run wrote down of the very same submission and lab, or {}."""
        try:
            record = json.loads((self.place(student) / RECORD).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        digest = self.digest(student)
        return record if isinstance(record, dict) and record.get("digest") == digest else {}

    def digest(self, student: str) -> str:
        return _digest([self.lab_digest, _folder_digest(self.submitted / student / self.lab)])

    def is_merged(self, student: str) -> bool:
        return (self.place(student) / MERGED).is_file()

    def job(self, student: str) -> dict:
        """A submission as plain data: what was taken in of each notebook, and the lab's own cells."""
        notebooks = []
        for source in self.sources:
            intake: Intake = take_in(self.submitted / student / self.lab, source.notebook, source, student)
            notebooks.append(
                {
                    "source": source.to_data(),
                    "notebook": None if intake.notebook is None else nbformat.writes(intake.notebook),
                    "findings": [asdict(finding) for finding in intake.findings],
                    "files": intake.files,
                }
            )
        return {"notebooks": notebooks, "sandboxed": not self.options.unsafe_no_sandbox}

    def write(self, student: str, results: list[dict]) -> None:
        """Keep what a job gave: a folder that is there as a whole, or not at all."""
        place = self.place(student)
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{self.lab}-") as made:
            made = Path(made)
            for source, result in zip(self.sources, results, strict=True):
                if result["notebook"]:
                    (made / f"{source.notebook}.ipynb").write_text(result["notebook"], encoding="utf-8")
            timestamp = self._timestamp(student)
            if timestamp:
                (made / "timestamp.txt").write_text(timestamp, encoding="utf-8")
            states = [result["state"] for result in results]
            worst = next((s for s in ("not graded", "needs a person") if s in states), "graded")
            record = {
                "digest": self.digest(student),
                "state": worst,
                "why": " ".join(result["why"] for result in results if result["why"]),
                "findings": [finding for result in results for finding in result["findings"]],
                "usage": [result["usage"] for result in results],
            }
            (made / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
            if place.exists():
                shutil.rmtree(place)
            made.rename(place)
            made.mkdir()  # for the context manager to take away

    def _timestamp(self, student: str) -> str:
        from nbgrader.utils import parse_utc

        try:
            number = os.open(self.submitted / student / self.lab / "timestamp.txt", os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            return ""
        with os.fdopen(number, encoding="utf-8", errors="replace") as file:
            text = file.read(200) if stat.S_ISREG(os.fstat(number).st_mode) else ""
        try:
            parse_utc(text.strip())
        except Exception:  # a stranger's text, and dateutil has many ways to say no; intake has told of it
            return ""
        return text

    # The gradebook

    def merge(self, student: str, record: dict) -> None:
        """Put the marks of a judged notebook into the gradebook, in nbgrader's own way."""
        from nbgrader.api import Gradebook

        if record["state"] == "not graded":  # it was handed in, and has no marks: an export says so
            with Gradebook(self.api.coursedir.db_url, self.api.coursedir.course_id) as gradebook:
                gradebook.update_or_create_student(student)
                gradebook.update_or_create_submission(self.lab, student)
        else:
            config = self.config.copy()
            config.CourseDirectory.submitted_directory = str(self.examined)
            config.Autograde.sanitize_preprocessors = []
            config.Autograde.autograde_preprocessors = [
                "nbgrader.preprocessors.SaveAutoGrades",
                "nbgrader.preprocessors.AssignLatePenalties",
                "openexperts.grading.sanitise.SanitiseOutputs",
            ]
            result = nbgrader_for(config).autograde(self.lab, student, force=True)
            require_success(result, f"put {student}'s marks into the gradebook")
            if record["state"] == "needs a person":
                self._flag(student)
        (self.place(student) / MERGED).write_text("{}", encoding="utf-8")

    def _flag(self, student: str) -> None:
        """Formgrader shows a flag until a person takes it away; an export leaves the mark empty until then."""
        from nbgrader.api import Gradebook

        with Gradebook(self.api.coursedir.db_url, self.api.coursedir.course_id) as gradebook:
            for notebook in gradebook.find_submission(self.lab, student).notebooks:
                notebook.flagged = True
            gradebook.db.commit()

    def outcome(self, student: str, fresh: bool) -> Outcome:
        from nbgrader.api import Gradebook

        record = json.loads((self.place(student) / RECORD).read_text(encoding="utf-8"))
        outcome = Outcome(student, record["state"], record["why"], findings=record["findings"], fresh=fresh)
        if record["state"] != "not graded":
            with Gradebook(self.api.coursedir.db_url, self.api.coursedir.course_id) as gradebook:
                submission = gradebook.find_submission(self.lab, student)
                outcome.score, outcome.max_score = submission.score, submission.max_score
                outcome.waiting = [
                    grade.name for book in submission.notebooks for grade in book.grades if grade.needs_manual_grade
                ]
        return outcome


def _digest(data) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _folder_digest(folder: Path) -> list:
    """Names, kinds and bytes of all that was handed in. No link is followed."""
    found = []
    if folder.is_symlink() or not folder.is_dir():
        return ["not a folder"]
    for here, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = Path(here) / name
            about = path.lstat()
            entry = [str(path.relative_to(folder)).encode("utf-8", "replace").decode(), stat.S_IFMT(about.st_mode)]
            if stat.S_ISREG(about.st_mode):
                sha = hashlib.sha256()
                with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
                    for block in iter(lambda: file.read(1 << 20), b""):
                        sha.update(block)
                entry.append(sha.hexdigest())
            found.append(entry)
    return found


def examine_job(job: dict) -> list[dict]:
    """What a worker does with one submission. Everything in and out is plain data."""
    from openexperts.grading.examination import Rules, examine
    from openexperts.grading.preprocessors import note, record
    from openexperts.grading.warm import warm_server

    results = []
    for part in job["notebooks"]:
        taken = [Finding(**finding) for finding in part["findings"]]
        if part["notebook"] is None:
            why = " ".join(finding.words for finding in taken) or "There is no notebook that can be read."
            results.append(
                {"notebook": "", "state": "not graded", "why": why, "findings": part["findings"], "usage": {}}
            )
            continue
        notebook = nbformat.reads(part["notebook"], as_version=4)
        note(notebook, taken)
        with tempfile.TemporaryDirectory(prefix="handed-in-") as files:
            for name, data in part["files"].items():
                path = Path(files) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            rules = Rules(sandboxed=job["sandboxed"])
            examined = examine(notebook, Source.from_data(part["source"]), warm_server(), rules, Path(files))
        record(examined.notebook, examined)
        if examined.state == "graded" and any(finding.needs_person for finding in taken):
            examined.state = "needs a person"
        results.append(
            {
                "notebook": nbformat.writes(examined.notebook),
                "state": examined.state,
                "why": examined.why,
                "findings": part["findings"] + [asdict(finding) for finding in examined.findings],
                "usage": examined.usage,
            }
        )
    return results


def _not_graded(why: str, findings: list[dict]) -> dict:
    return {"notebook": "", "state": "not graded", "why": why, "findings": findings, "usage": {}}


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the class's lock: two gradings at once would write into each other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CourseError("Somebody is grading this course at this moment: wait until they are done.") from None
        yield


@contextmanager
def _cluster(options: Options, jobs: int):
    """A dask client: of our own workers on this machine, or of the scheduler whose address was given."""
    import logging

    import dask
    from distributed import Client, LocalCluster

    logging.getLogger("distributed").setLevel(logging.ERROR)
    if options.scheduler:
        try:
            client = Client(options.scheduler, timeout="20s")
        except (OSError, ValueError) as error:
            raise CourseError(
                f"No scheduler answers at {options.scheduler} ({error or type(error).__name__})."
            ) from None
        with client:
            yield client
        return
    workers = min(options.workers or os.cpu_count() or 1, max(1, jobs))
    # A job is small and its worker's memory is not the learner's: dask need not watch it.
    settings = {"distributed.worker.daemon": False, "distributed.worker.memory.terminate": False}
    with dask.config.set(settings):
        with LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=None, memory_limit=0, host="127.0.0.1"
        ) as cluster:
            with Client(cluster) as client:
                yield client


def grade(config, lab: str, options: Options = Options(), on_total: Callable[[int], None] = int) -> Iterator[Outcome]:
    """Grade a class; yield what became of each submission, as it is known. `on_total` is told how many there are.

    Raises CourseError where nothing can be graded: nobody has submitted, there is no sandbox, another grading runs.
    """
    from openexperts.grading.sandbox import unavailable

    if not options.unsafe_no_sandbox and not options.scheduler and unavailable():
        raise CourseError(unavailable())
    course = Class(config, lab, options)
    with _alone(course.examined / ".lock"):
        inbound = Path(config.Exchange.root or "") / course.api.coursedir.course_id / "inbound"
        if options.collect and inbound.is_dir():  # without one, the files come another way
            require_success(course.api.collect(lab), f"collect {lab}")
        students = course.students()
        on_total(len(students))
        todo = []
        for student in students:
            if options.again or not course.record(student):
                todo.append(student)
            else:
                merged = course.is_merged(student)
                if not merged:  # the last run was ended just between the two
                    course.merge(student, course.record(student))
                yield course.outcome(student, fresh=not merged)
        if todo:
            yield from _grade(course, todo)


def _grade(course: Class, students: list[str]) -> Iterator[Outcome]:
    from distributed import as_completed

    with _cluster(course.options, len(students)) as client:
        waiting = iter(students)
        running = {}

        def start() -> list:
            """Keep a few jobs ahead of the workers, and no more: each holds a whole submission."""
            ahead = 2 * max(1, len(client.scheduler_info()["workers"]))
            new = []
            while len(running) < ahead and (student := next(waiting, None)) is not None:
                future = client.submit(examine_job, course.job(student), pure=False, retries=1)
                running[future] = student
                new.append(future)
            return new

        done = as_completed(start(), raise_errors=False)
        for future in done:
            student = running.pop(future)
            for new in start():
                done.add(new)
            if future.status == "finished":
                results = future.result()
            else:
                why = f"The grader itself failed on it ({future.exception()}): this is no fault of the learner's."
                results = [_not_graded(why, []) for _ in course.sources]
            course.write(student, results)
            record = json.loads((course.place(student) / RECORD).read_text(encoding="utf-8"))
            course.merge(student, record)
            yield course.outcome(student, fresh=True)


def give_feedback(config, lab: str, student: str) -> None:
    """Write a learner's feedback, and put it where they fetch it from if their work came through the exchange."""
    api = nbgrader_for(config)
    require_success(api.generate_feedback(lab, student, force=True), f"write {student}'s feedback")
    handed_in = Path(api.coursedir.format_path(api.coursedir.submitted_directory, student, lab))
    if (handed_in / "timestamp.txt").is_file():
        require_success(api.release_feedback(lab, student), f"release {student}'s feedback")
