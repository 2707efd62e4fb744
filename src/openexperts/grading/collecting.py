"""Collecting from an exchange that learners can write to: no link is followed, and nobody's trouble stops the others.

nbgrader's own collector copies what a link points to with the teacher's rights, so that a learner could have any file
of the teacher's laid beside their notebook; and a name that it cannot read ends the collection for all.

    c.ExchangeFactory.collect = "openexperts.grading.collecting.SafeCollect"
"""

import datetime
import fnmatch
import os
import re
import shutil
import stat
from pathlib import Path

from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import parse_utc

NAME = re.compile(r"(?![.-])[\w.@+ -]{1,100}")


def is_a_name(text: str) -> bool:
    """Whether this may be a learner's name: nbgrader would take `*` for all of them, and a database refuses others."""
    return NAME.fullmatch(text) is not None


class SafeCollect(ExchangeCollect):
    """nbgrader's collector, with a copy that takes regular files only, and that is there as a whole or not at all."""

    def _path_to_record(self, path):
        name = os.path.basename(path)
        try:
            record = super()._path_to_record(path)
            if not is_a_name(record["username"]) or not isinstance(record["timestamp"], datetime.datetime):
                raise ValueError("it names no learner")
        except Exception as error:
            self.log.warning("%a in the exchange is not a submission and is left there (%s)", name, error)
            return {"username": "", "filename": name, "timestamp": datetime.datetime.min}
        if not stat.S_ISDIR(os.lstat(path).st_mode):  # any folder of that learner's is rather what they handed in
            record["timestamp"] = datetime.datetime.min
        return record

    def copy_files(self):
        self.src_records = [record for record in self.src_records if record["username"]]
        super().copy_files()

    def do_copy(self, src, dest, log=None):
        dest = Path(dest)
        half = dest.with_name(f".{dest.name}-half")
        shutil.rmtree(half, ignore_errors=True)  # of a run that was killed
        try:
            self._copy(src, half)
        except OSError as error:
            self.log.warning("%s cannot be collected: %s", os.path.basename(src), error)
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir()  # so that the grading says of this learner that there is no notebook
        self._keep_time(half / "timestamp.txt", self._path_to_record(src)["timestamp"])
        half.rename(dest)

    def _keep_time(self, path: Path, named: datetime.datetime) -> None:
        """What is no time would end each later collection, and nobody would be late: then the folder's name counts."""
        try:
            parse_utc(path.read_text(encoding="utf-8").strip())
        except Exception:  # dateutil has many ways to say no
            path.unlink(missing_ok=True)
            if named != datetime.datetime.min:
                path.write_text(named.strftime("%Y-%m-%d %H:%M:%S.%f UTC"), encoding="utf-8")

    def _copy(self, src: str, dest: Path) -> None:
        top = os.open(src, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            owner = os.fstat(top).st_uid
            left = 1000 * self.coursedir.max_dir_size
            for here, folders, files, number in os.fwalk(".", dir_fd=top):  # follows no link, whoever swaps one in
                folders[:] = [name for name in folders if not self._ignored(name)]
                (dest / here).mkdir(parents=True, exist_ok=True)
                for name in files:
                    if not self._ignored(name):
                        left -= self._copy_file(name, number, dest / here / name, owner, left)
        finally:
            os.close(top)

    def _ignored(self, name: str) -> bool:
        return any(fnmatch.fnmatch(name, pattern) for pattern in self.coursedir.ignore)

    def _copy_file(self, name: str, folder: int, dest: Path, owner: int, left: int) -> int:
        """Copy one file and give its size. A link stays a link, for intake to name; what is no file is left out."""
        kind = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if stat.S_ISLNK(kind):
            if name != "timestamp.txt":  # nbgrader reads that one
                os.symlink(os.readlink(name, dir_fd=folder), dest)
            return 0
        number = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        with os.fdopen(number, "rb") as file:
            about = os.fstat(number)
            if not stat.S_ISREG(about.st_mode) or about.st_uid != owner:
                self.log.warning("%s is not a file of the learner's own and is left out", name)
                return 0
            if about.st_size > 1000 * self.coursedir.max_file_size or about.st_size > left:
                self.log.warning("%s is too large (%d bytes) and is left out", name, about.st_size)
                return 0
            with dest.open("wb") as copy:
                shutil.copyfileobj(file, copy)
                if self.check_owner and os.geteuid() == 0:
                    os.fchown(copy.fileno(), owner, -1)  # who handed it in, for intake to compare with the name
            return about.st_size
