"""Collecting from an exchange that learners can write to: no link is followed, and nobody's trouble stops the others.

nbgrader's own collector copies what a link points to with the teacher's rights, so that a learner could have any file
of the teacher's laid beside their notebook; and a name that it cannot read ends the collection for all.

    c.ExchangeFactory.collect = "openexperts.grading.collecting.SafeCollect"
"""

import datetime
import fnmatch
import os
import shutil
import stat
from pathlib import Path

from nbgrader.exchange.default import ExchangeCollect


class SafeCollect(ExchangeCollect):
    """nbgrader's collector, with a copy that takes regular files only."""

    def _path_to_record(self, path):
        name = os.path.basename(path)
        try:
            record = super()._path_to_record(path)
            if record["username"] in ("", ".", "..") or not isinstance(record["timestamp"], datetime.datetime):
                raise ValueError("it names no learner")
        except Exception as error:
            self.log.error("%s in the exchange is not a submission and is left there (%s)", name, error)
            return {"username": "", "filename": name, "timestamp": datetime.datetime.min}
        return record

    def copy_files(self):
        self.src_records = [record for record in self.src_records if record["username"]]
        super().copy_files()

    def do_copy(self, src, dest, log=None):
        try:
            self._copy(src, Path(dest))
        except OSError as error:
            self.log.error("%s cannot be collected: %s", os.path.basename(src), error)
            shutil.rmtree(dest, ignore_errors=True)

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
                self.log.error("%s is not a file of the learner's own and is left out", name)
                return 0
            if about.st_size > 1000 * self.coursedir.max_file_size or about.st_size > left:
                self.log.error("%s is too large (%d bytes) and is left out", name, about.st_size)
                return 0
            with dest.open("wb") as copy:
                shutil.copyfileobj(file, copy)
                if self.check_owner and os.geteuid() == 0:
                    os.fchown(copy.fileno(), owner, -1)  # who handed it in, for intake to compare with the name
            return about.st_size
