"""`openexperts grade`: a whole class, many submissions at once, one writer to the gradebook.

Each submission is one job for dask.distributed: plain data in (a canonical notebook and the lab's own cells), plain
data out (a judged notebook, findings, what it took). This process alone reads what was handed in and writes: first the
judged notebook with a record beside it, under `examined/`, then, through nbgrader's own autograde, the gradebook.
Killed between any two of these, the next run goes on from the records: nothing is examined twice and nothing is lost.

Works for any nbgrader course: it takes nbgrader's own configuration.
"""

import fcntl
import functools
import hashlib
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import SimpleNamespace

import nbformat
from nbgrader.api import Comment, Grade, Gradebook, MissingEntry, SubmittedNotebook
from nbgrader.converters import Autograde
from nbgrader.exchange.default import Exchange
from nbgrader.preprocessors import SaveAutoGrades
from nbgrader.utils import capture_log, temp_attrs
from sqlalchemy.orm import joinedload, scoped_session, sessionmaker

from openexperts.grading.collecting import is_a_name
from openexperts.grading.course import CourseError, nbgrader_for, require_success
from openexperts.grading.examination import Rules, examine
from openexperts.grading.feedback import page_without_marks
from openexperts.grading.intake import Finding, Intake, Source, take_in
from openexperts.grading.preprocessors import Examine, flag, note, record
from openexperts.grading.sandbox import Limits, unavailable
from openexperts.grading.warm import close_servers, warm_server

RECORD = "record.json"
MERGED = "merged.json"  # beside the record, once the gradebook has it
TOLD = "told.json"  # and once the learner's feedback is written
TIMESTAMP, FEEDBACK_WORD = "timestamp.txt", "submission_secret.txt"  # nbgrader's own names
HANDED_IN = "handed-in-"  # a folder for what lies beside a notebook while it is examined
DAY = 24 * 60 * 60
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
    fresh: bool = True  # its feedback is still to be written; False too where there is nothing to tell a learner


def examined_folder(directory) -> Path:
    """Where the judged notebooks and their records are, in an nbgrader course directory."""
    return Path(directory.format_path(directory.autograded_directory, ".", ".")).parent / "examined"


def _is_there(path: Path) -> bool:
    """Whether there is such an entry; where we may not look there may be one, and grading it says so."""
    try:
        path.lstat()
    except PermissionError:
        return True
    except OSError:
        return False
    return True


class Class:
    """The submissions of one lab, and the folders and the gradebook of its course."""

    def __init__(self, config, lab: str, options: Options = Options()):
        self.config, self.lab, self.options = config, lab, options
        self.api = nbgrader_for(config)
        directory = self.api.coursedir
        self.submitted = Path(directory.format_path(directory.submitted_directory, ".", "."))
        self.examined = examined_folder(directory)
        self.inbound = Path(Exchange(config=config).root) / directory.course_id / "inbound"
        self.settings = Examine(config=config)
        if options.unsafe_no_sandbox:
            self.settings.unsafe_no_sandbox = True
        self.sources = self._sources()
        self.lab_digest = _digest([FORM, *(source.to_data() for source in self.sources)])

    def _sources(self) -> list[Source]:
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
            sorted(entry.name for entry in os.scandir(self.submitted) if _is_there(Path(entry.path) / self.lab))
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
            places = (self.inbound, self.submitted) if self.options.collect else (self.submitted,)
            raise CourseError(f"Nobody has submitted {self.lab} yet (looked in {' and '.join(map(str, places))}).")
        return found

    # One submission's folder of results

    def place(self, student: str) -> Path:
        return self.examined / student / self.lab

    def record(self, student: str) -> dict:
        """What an earlier run wrote down of the very same submission and lab, or {}."""
        record = self._read(student)
        return record if record and record["digest"] == self.digest(student) else {}

    def _read(self, student: str) -> dict:
        try:
            return json.loads((self.place(student) / RECORD).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def digest(self, student: str) -> str:
        return _digest([self.lab_digest, _folder_digest(self.submitted / student / self.lab)])

    def has(self, student: str, mark: str) -> bool:
        return (self.place(student) / mark).is_file()

    def tidy(self) -> None:
        """Take away what a run that was killed had half written."""
        for half in self.examined.glob(f"*/.{self.lab}-*"):
            shutil.rmtree(half)

        for left in Path(tempfile.gettempdir()).glob(f"{HANDED_IN}*"):
            with suppress(OSError):
                about = left.lstat()  # no examination takes a day, so nobody is at work in it
                if stat.S_ISDIR(about.st_mode) and about.st_uid == os.geteuid() and time.time() - about.st_mtime > DAY:
                    shutil.rmtree(left)

    def job(self, student: str) -> dict:
        """A submission as plain data: what was taken in of each notebook, and the lab's own cells."""
        digest = self.digest(student)  # first: what is handed in from now on is another submission
        notebooks = []
        for source in self.sources:
            intake: Intake = take_in(self.submitted / student / self.lab, source.notebook, source, student)
            notebooks.append(
                {
                    "source": source.to_data(),
                    "notebook": None if intake.notebook is None else json.dumps(intake.notebook),
                    "findings": [asdict(finding) for finding in intake.findings],
                    "files": intake.files,
                }
            )
        settings = {"rules": asdict(self.settings.rules()), "imports": self.settings.warm_imports}
        return {"digest": digest, "notebooks": notebooks} | settings

    def write(self, student: str, digest: str, results: list[dict]) -> dict:
        """Keep what a job gave, in a folder that is there as a whole, or not at all; gives the record in it."""
        place = self.place(student)
        before = self._read(student)
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{self.lab}-") as made:
            made = Path(made)
            for source, result in zip(self.sources, results, strict=True):
                if result["notebook"]:
                    (made / f"{source.notebook}.ipynb").write_text(result["notebook"], encoding="utf-8")
            for name, text in self._of_the_exchange(student).items():
                (made / name).write_text(text, encoding="utf-8")
            states = [result["state"] for result in results]
            worst = next((s for s in ("not graded", "needs a person") if s in states), "graded")
            record = {
                "digest": digest,
                "state": worst,
                "flagged_before": before.get("flagged_before", False) or before.get("state", "graded") != "graded",
                "why": " ".join(result["why"] for result in results if result["why"]),
                "findings": [finding for result in results for finding in result["findings"]],
                "usage": [result["usage"] for result in results],
            }
            (made / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
            if place.exists():
                shutil.rmtree(place)
            made.rename(place)
            made.mkdir()  # for the context manager to take away
        return record

    def _of_the_exchange(self, student: str) -> dict[str, str]:
        """The small files that `nbgrader submit` adds: when it was, and the word by which feedback is fetched."""
        from nbgrader.utils import parse_utc

        found = {}
        for name, means_something in ((TIMESTAMP, parse_utc), (FEEDBACK_WORD, bool)):
            path = self.submitted / student / self.lab / name
            try:
                number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)  # nor wait for what is no file
                with os.fdopen(number, encoding="utf-8") as file:
                    text = file.read(1000).strip() if stat.S_ISREG(os.fstat(number).st_mode) else ""
                if means_something(text):
                    found[name] = text
            except Exception:  # a stranger's text, and dateutil has many ways to say no; intake has told of it
                continue
        return found

    def is_told(self, student: str) -> bool:
        """Whether the learner's feedback says what the gradebook has now."""
        try:
            told = json.loads((self.place(student) / TOLD).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return told == marks(self.api.coursedir, self.lab, student)

    # The gradebook

    def merge(self, student: str, record: dict) -> None:
        """Put the marks of a judged notebook into the gradebook, in nbgrader's own way."""
        if record["state"] == "not graded":
            self._no_marks(student)
        else:
            api = self._merging
            with temp_attrs(api.coursedir, assignment_id=self.lab, student_id=student):
                result = capture_log(_OnePass(coursedir=api.coursedir, parent=api, force=True, create_student=True))
            require_success(result, f"put {student}'s marks into the gradebook")
            if record["state"] == "needs a person" or record["flagged_before"]:
                flag(self.api.coursedir.db_url, self.lab, student, record["state"] == "needs a person")
        (self.place(student) / MERGED).write_text("{}", encoding="utf-8")

    @functools.cached_property
    def _merging(self):
        """nbgrader with the judged notebooks for what was submitted, and nothing left to do but to save their marks."""
        config = deepcopy(self.config)  # its own copy() shares what is within
        config.CourseDirectory.submitted_directory = str(self.examined)
        config.CourseDirectory.ignore = [*self.api.coursedir.ignore, RECORD, MERGED, TOLD]
        config.Autograde.autograde_preprocessors = [
            "openexperts.grading.classroom.SaveMarks",
            "nbgrader.preprocessors.AssignLatePenalties",
            "openexperts.grading.sanitise.SanitiseOutputs",
        ]
        return nbgrader_for(config)

    def _no_marks(self, student: str) -> None:
        """It was handed in and could not be graded: marks of an earlier submission are not this one's."""
        with Gradebook(self.api.coursedir.db_url, self.api.coursedir.course_id) as gradebook:
            gradebook.update_or_create_student(student)
            submission = gradebook.update_or_create_submission(self.lab, student)
            for notebook in submission.notebooks:
                for grade in notebook.grades:  # what a person gave stays, for that person to look at again
                    grade.auto_score, grade.needs_manual_grade = None, True
                notebook.flagged = True
            gradebook.db.commit()

    def outcome(self, student: str, fresh: bool) -> Outcome:
        record = self._read(student)
        outcome = Outcome(student, record["state"], record["why"], findings=record["findings"], fresh=fresh)
        if record["state"] != "not graded":
            with Gradebook(self.api.coursedir.db_url, self.api.coursedir.course_id) as gradebook:
                submission = gradebook.find_submission(self.lab, student)
                outcome.score, outcome.max_score = submission.score, submission.max_score
                if outcome.state == "needs a person" and not any(book.flagged for book in submission.notebooks):
                    outcome.state, outcome.findings = "graded", []  # somebody has looked, and took the flag away
                outcome.waiting = [
                    grade.name for book in submission.notebooks for grade in book.grades if grade.needs_manual_grade
                ]
        return outcome


class _OnePass(Autograde):
    """nbgrader's own step from a notebook to its marks, without the pass before it, which mends and runs a notebook.

    Intake has mended this one and the examiner has run it; that pass would read, validate and write it once more. And
    nbconvert would copy it twice, for preprocessors that might go wrong half way.
    """

    def convert_single_notebook(self, notebook_filename: str) -> None:
        self._sanitizing = False  # which preprocessors
        self._init_preprocessors()
        self._sanitizing = True  # which folder the next notebook is read from
        resources = self.init_single_notebook_resources(notebook_filename) | {"output_extension": ".ipynb"}
        notebook = nbformat.read(notebook_filename, as_version=4)
        for preprocessor in self.exporter._preprocessors:
            notebook, resources = preprocessor(notebook, resources)
        self.write_single_notebook(nbformat.writes(notebook), resources)


class SaveMarks(SaveAutoGrades):
    """nbgrader's own, which asks for a notebook's grades one by one and commits each: here all at once."""

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            book = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
            self.notebook_id, self.assignment_id, self.student_id = book.name, about["assignment"], about["student"]
            self.gradebook = _OneNotebook(gradebook, book)
            nb, resources = super(SaveAutoGrades, self).preprocess(nb, resources)
            gradebook.db.commit()
        return nb, resources


class _OneNotebook:
    """What `SaveAutoGrades` asks a gradebook for, of one submitted notebook that was read as a whole."""

    def __init__(self, gradebook: Gradebook, book: SubmittedNotebook):
        self.db = SimpleNamespace(commit=lambda: None)  # the whole is committed at the end
        self._found = {
            kind: {
                it.cell.name: it
                for it in gradebook.db.query(kind).filter_by(notebook=book).options(joinedload(kind.cell))
            }
            for kind in (Grade, Comment)
        }

    def find_grade(self, name: str, *_) -> Grade:
        return self._found[Grade][name]

    def find_comment(self, name: str, *_) -> Comment:
        return self._found[Comment][name]


def marks(directory, lab: str, student: str) -> list:
    """All that the gradebook has of a submission and its feedback shows: points, comments, flags, what came off."""
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        try:
            submission = gradebook.find_submission(lab, student)
        except MissingEntry:
            return []
        found = []
        for book in submission.notebooks:
            found.append([book.name, bool(book.flagged), book.late_submission_penalty])
            found += sorted(
                [it.name, it.auto_score, it.manual_score, it.extra_credit, it.needs_manual_grade] for it in book.grades
            )
            found += sorted([it.name, it.auto_comment, it.manual_comment] for it in book.comments)
        return found


def _digest(data) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _folder_digest(folder: Path) -> list:
    """Names, kinds and bytes of all that was handed in. No link is followed; what is closed to us, the intake says."""
    found = []
    try:
        if folder.is_symlink() or not folder.is_dir():
            return ["not a folder"]
    except PermissionError:
        return ["closed"]
    for here, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = Path(here) / name
            about = path.lstat()
            entry = [str(path.relative_to(folder)).encode("utf-8", "replace").decode(), stat.S_IFMT(about.st_mode)]
            if stat.S_ISREG(about.st_mode):
                sha = hashlib.sha256()
                try:
                    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
                        for block in iter(lambda: file.read(1 << 20), b""):
                            sha.update(block)
                    entry.append(sha.hexdigest())
                except PermissionError:
                    entry.append("closed")
            found.append(entry)
    return found


def examine_job(job: dict) -> list[dict]:
    """What a worker does with one submission. Everything in and out is plain data."""
    rules = Rules(**job["rules"] | {"limits": Limits(**job["rules"]["limits"])})
    server = warm_server(tuple(job["imports"]))
    results = []
    for part in job["notebooks"]:
        taken = [Finding(**finding) for finding in part["findings"]]
        if part["notebook"] is None:
            why = " ".join(finding.words for finding in taken) or "There is no notebook that can be read."
            results.append(_not_graded(why, part["findings"]))
            continue
        notebook = nbformat.from_dict(json.loads(part["notebook"]))  # intake made it: it need not be validated
        note(notebook, taken)
        with tempfile.TemporaryDirectory(prefix=HANDED_IN) as files:
            for name, data in part["files"].items():
                path = Path(files) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            examined = examine(notebook, Source.from_data(part["source"]), server, rules, Path(files))
        record(examined)
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
def _opened_once() -> Iterator[None]:
    """While this holds, nbgrader looks once whether a gradebook's tables and course are there, and stays connected.

    It opens the gradebook eight times for a submission. Each time it would look for every table and for the course, and
    a new engine would compile every statement anew: most of a merge's time. A session of its own each one still has.
    """
    open_gradebook, close, known = Gradebook.__init__, Gradebook.close, {}

    def open_again(self, db_url: str, course_id: str = "default_course", authenticator=None) -> None:
        if (db_url, course_id) in known:
            self.__dict__ |= known[db_url, course_id]
            self.db = scoped_session(sessionmaker(bind=self.engine))
        else:
            open_gradebook(self, db_url, course_id, authenticator)
            known[db_url, course_id] = dict(self.__dict__)

    def end_session(self) -> None:
        self.db.remove()

    Gradebook.__init__, Gradebook.close = open_again, end_session
    try:
        yield
    finally:
        Gradebook.__init__, Gradebook.close = open_gradebook, close
        for state in known.values():
            state["engine"].dispose()


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
    # Threads: a job waits for the processes that it starts, and all jobs share one warm server. A job is small, and the
    # learner's memory is not its worker's: dask need not watch it.
    threads = min(options.workers or os.cpu_count() or 1, jobs)
    idle = {  # dask watches itself a hundred times a second: a tenth of what a submission takes
        "distributed.worker.profile.enabled": False,
        "distributed.admin.tick.interval": "1s",
        "distributed.admin.system-monitor.interval": "10s",
        "distributed.scheduler.work-stealing": False,
        "distributed.scheduler.active-memory-manager.start": False,
    }
    here = "127.0.0.1:0"  # dask's own default lets the network see them
    status_pages = {"dashboard_address": here, "worker_dashboard_address": here}
    with (
        dask.config.set(idle),
        LocalCluster(
            n_workers=1, threads_per_worker=threads, processes=False, memory_limit=0, **status_pages
        ) as cluster,
    ):
        with Client(cluster) as client:
            yield client


def grade(config, lab: str, options: Options = Options(), on_total: Callable[[int], None] = int) -> Iterator[Outcome]:
    """Grade a class; yield what became of each submission, as it is known. `on_total` is told how many there are.

    Raises CourseError where nothing can be graded: nobody has submitted, there is no sandbox, another grading runs.
    """
    # Before the gradebook is opened: a grading that is just writing into it would lock it.
    with _alone(examined_folder(nbgrader_for(config).coursedir) / ".lock"), _opened_once():
        course = Class(config, lab, options)
        if not course.settings.unsafe_no_sandbox and not options.scheduler and unavailable():
            raise CourseError(unavailable())
        course.tidy()
        if options.collect and course.inbound.is_dir():  # without one, the files come another way
            require_success(course.api.collect(lab), f"collect {lab}")
        students = course.students()
        on_total(len(students))
        todo = []
        for student in students:
            if not is_a_name(student):
                yield Outcome(student, "not graded", f"{student!r} is no name that a gradebook takes.", fresh=False)
            elif options.again or not course.record(student):
                todo.append(student)
            elif course.has(student, MERGED):
                yield course.outcome(student, fresh=not course.is_told(student))
            else:  # the last run was ended just between the two
                yield _merge(course, student, course.record(student))
        if todo:
            yield from _grade(course, todo)


def _grade(course: Class, students: list[str]) -> Iterator[Outcome]:
    from distributed import as_completed

    if not course.options.scheduler:
        warm_server(tuple(course.settings.warm_imports))  # it gets ready while the rest of this starts
    with _cluster(course.options, len(students)) as client:
        waiting = iter(students)
        running = {}

        def start() -> list:
            """Keep a few jobs ahead of the workers, and no more: each holds a whole submission."""
            ahead = 2 * max(1, sum(client.nthreads().values()))
            new = []
            while len(running) < ahead and (student := next(waiting, None)) is not None:
                job = course.job(student)
                future = client.submit(examine_job, job, pure=False, retries=1)
                running[future] = student, job["digest"]
                new.append(future)
            return new

        try:
            done = as_completed(start(), raise_errors=False)
            for future in done:
                student, digest = running.pop(future)
                for new in start():
                    done.add(new)
                if future.status == "finished":
                    results = future.result()
                else:
                    why = f"The grader itself failed on it ({future.exception()}): this is no fault of the learner's."
                    results = [_not_graded(why, []) for _ in course.sources]
                yield _merge(course, student, course.write(student, digest, results))
        except BaseException:  # stopped: dask would wait for what runs
            client.cancel(list(running))
            close_servers()
            raise


def _merge(course: Class, student: str, record: dict) -> Outcome:
    try:
        course.merge(student, record)
    except CourseError as error:  # the next run tries again, from the record
        return Outcome(student, "not graded", f"Examined, but {error}.", findings=record["findings"], fresh=False)
    return course.outcome(student, fresh=True)


def give_feedback(config, lab: str, student: str) -> None:
    """Write a learner's feedback, and put it where they fetch it from if their work came through the exchange.

    Where nothing could be graded, nbgrader has no notebook to make a page of: the page then says why there is no mark.
    """
    course = Class(config, lab)
    place, directory = course.place(student), course.api.coursedir
    record = json.loads((place / RECORD).read_text(encoding="utf-8"))
    came_by_the_exchange = all((place / name).is_file() for name in (TIMESTAMP, FEEDBACK_WORD))
    if record["state"] == "not graded":
        folder = Path(directory.format_path(directory.feedback_directory, student, lab))
        folder.mkdir(parents=True, exist_ok=True)
        for source in course.sources:
            page = page_without_marks(source.notebook, student, record["why"], record["findings"])
            (folder / f"{source.notebook}.html").write_text(page, encoding="utf-8")
        for name in (TIMESTAMP, FEEDBACK_WORD) if came_by_the_exchange else ():
            shutil.copyfile(place / name, folder / name)
    else:
        require_success(course.api.generate_feedback(lab, student, force=True), f"write {student}'s feedback")
    if came_by_the_exchange:
        require_success(course.api.release_feedback(lab, student), f"release {student}'s feedback")
    (place / TOLD).write_text(json.dumps(marks(directory, lab, student)), encoding="utf-8")
