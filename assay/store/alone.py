"""One writer at a place: the system itself lets go of it when the process ends, however it does."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from assay.errors import StoreError


@contextmanager
def alone(place: Path, lock: Path) -> Iterator[None]:
    """Have a place for oneself, while this is open.

    Parameters
    ----------
    place
        What is written, for the message.
    lock
        The file that says so. It is removed at the end; one that a killed process left holds nobody up.

    Raises
    ------
    StoreError
        If somebody else has it, in this process or another one: nobody waits.
    """
    while True:
        with lock.open("ab") as file:
            _hold(place, file)
            if _is_there(lock, file):
                try:
                    yield
                finally:
                    lock.unlink(missing_ok=True)
                return


def _hold(place: Path, file: BinaryIO) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        rule, remedy = "has one writer at a time", "wait until that one has ended, or write elsewhere"
        raise StoreError(place, rule, "another that is at work", remedy) from None


def _is_there(lock: Path, file: BinaryIO) -> bool:
    """Return whether an open file is the one of that name: who had it may have removed it before it was held."""
    with suppress(FileNotFoundError):
        return lock.stat().st_ino == os.fstat(file.fileno()).st_ino
    return False
