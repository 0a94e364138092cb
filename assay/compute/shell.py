"""The frame around every stage and command: one line on failure, a traceback only when asked for."""

from __future__ import annotations

import errno
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from assay.compute.progress import timed
from assay.errors import AssayError, PartialError, StoreError

DEBUG = "--debug"
"""Word of a command line that asks for the traceback."""
PARTLY = 3
"""Exit status of a stage that delivered a part of what was asked for."""
STOPPED = 128 + signal.SIGINT
"""Exit status of what a user stopped."""

_CODES: dict[type[BaseException], int] = {PartialError: PARTLY, KeyboardInterrupt: STOPPED}
_REMEDIES = {
    errno.EACCES: "change its mode or owner",
    errno.EPERM: "change its mode or owner",
    errno.EROFS: "name another place",
    errno.ENAMETOOLONG: "name a shorter one",
    errno.ENOSPC: "free the disk",
}
"""What to do where the system refuses a file."""


def run(stage: Callable[[], None]) -> None:
    """Run a stage; an error becomes one line on standard error and exit status 1, or 3 where a part was delivered."""

    def work() -> None:
        with timed(Path(sys.argv[0]).stem):
            stage()

    if code := status(work, Path(sys.argv[0]).name, sys.argv):
        raise SystemExit(code)


def status(work: Callable[[], None], name: str, words: Sequence[str]) -> int:
    """Do work; return its exit status: 0, or after a line on standard error 1, 3 for a part, 130 if stopped.

    An error that is no domain error is a fault of the program. It is one line too, since a traceback tells a user
    nothing, and says where it happened; ``--debug`` shows everything.

    Parameters
    ----------
    work
        What is done.
    name
        Who says what went wrong.
    words
        The words of the command line, among which ``--debug`` may be.
    """
    try:
        work()
    except (Exception, KeyboardInterrupt) as error:
        if DEBUG in words:
            raise
        sys.stderr.write(f"{name}: {_line(error)}\n")
        return next((code for kind, code in _CODES.items() if isinstance(error, kind)), 1)
    return 0


def _line(error: BaseException) -> str:
    if isinstance(error, AssayError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "stopped"
    if isinstance(error, OSError) and error.errno in _REMEDIES:
        where, found = error.filename or "an output", str(error.strerror).lower()
        return str(StoreError(where, "must be readable and writable", found, _REMEDIES[error.errno]))
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(frame.filename).name}:{frame.lineno}"
    found = " ".join(f"{type(error).__name__} {error}".split())
    return str(AssayError(where, "a fault of the program", found, "run it again with --debug and report what it shows"))
