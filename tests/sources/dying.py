"""The stage, killed at a moment that is named or counted: ``python -m tests.sources.dying AT HOW``.

A moment is when a file of the project is opened for writing, renamed or removed, or a function of :data:`STEPS` is
called; AT is its number, from 1, or a part of its name. HOW is ``at_once``, or ``soon``: inside the next file that
grows beyond some bytes, whoever writes it. A stage that comes to its end prints the names of all moments.
"""

import os
import resource
import signal
import sys
import threading
from functools import wraps
from pathlib import Path

import stages  # noqa: F401 - pins the threads
from assay.sources.feeds import venue_of
from assay.sources.months import file
from assay.sources.months.decoded import DecodedMonths
from assay.sources.months.file import MonthFile
from assay.sources.rules import Checker
from assay.sources.run import manifest
from assay.sources.transport.cache import Cache
from assay.store import TableWriter
from stages import fetch

CHANGES = ("os.rename", "os.remove", "os.rmdir")
STEPS = (
    (Cache, "keep"),
    (type(venue_of("dukascopy")), "decode"),
    (type(venue_of("polygon")), "decode"),
    (Checker, "push"),
    (Checker, "finish"),
    (MonthFile, "close"),
    (file, "validated"),
    (TableWriter, "write_checked"),
    (TableWriter, "close"),
    (DecodedMonths, "keep"),
    (manifest, "judged"),
    (fetch, "index"),
)
N_BYTES = 40


class Death:
    """Counts moments, and kills at one of them."""

    def __init__(self, at, how):
        self.at, self.how, self.folder = at, how, Path.cwd()
        self.names, self.is_over, self.lock = [], False, threading.Lock()

    def told(self, event, args):
        """Hear what Python does."""
        if not self.is_over and (event in CHANGES or is_written(event, args)):
            path = Path.cwd() / os.fspath(args[0])
            if path.is_relative_to(self.folder):
                self.moment(f"{event} {path.relative_to(self.folder)}")

    def hear(self, owner, name):
        """Hear of the calls of a function."""
        work = getattr(owner, name)

        @wraps(work)
        def heard(*args, **kwargs):
            self.moment(f"call {work.__qualname__}")
            return work(*args, **kwargs)

        setattr(owner, name, heard)

    def moment(self, name):
        with self.lock:
            self.names.append(name)
            if self.at == str(len(self.names)) or (self.at in name and not self.at.isdigit()):
                die(self.how)


def is_written(event, args):
    return event == "open" and bool(args[2] & (os.O_WRONLY | os.O_RDWR)) and not isinstance(args[0], int)


def die(how):
    if how == "at_once":
        os.kill(os.getpid(), signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (N_BYTES, N_BYTES))


def main():
    death = Death(*sys.argv[1:])
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(death.told)
    for owner, name in STEPS:
        death.hear(owner, name)
    fetch.main()
    death.is_over = True
    sys.stdout.write("\n".join(death.names))


if __name__ == "__main__":
    main()
