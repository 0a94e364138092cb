"""Files that are whole or not there, also after the power fails, and parts that one download has at a time."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


def move(origin: Path, place: Path) -> None:
    """Move a file to its place; both its bytes and its name are on the disk when it is there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with origin.open("rb") as file:
        os.fsync(file.fileno())
    origin.replace(place)
    _sync(place.parent)


def write_whole(place: Path, content: bytes) -> None:
    """Write a file, whole or not at all, and have it on the disk."""
    with _beside(place) as beside:
        beside.write_bytes(content)


def write_through(place: Path, content: bytes) -> None:
    """Write a file in its place and have it on the disk; a process that is killed may leave half of it."""
    with place.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _sync(place.parent)


def copied(origin: Path, place: Path) -> None:
    """Copy a file, whole or not at all, and have it on the disk."""
    with _beside(place) as beside:
        shutil.copyfile(origin, beside)


@contextmanager
def if_writable() -> Iterator[None]:
    """Let it go where the system does not allow to write: in a folder that is only to be read."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise


@contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """Give a path of one's own, and move what is written there to its place."""
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        yield beside
        move(beside, place)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def locked(place: Path) -> Iterator[BinaryIO]:
    """Open a file that nobody else has; if another one moved it away while we waited, open a new one."""
    while True:
        with place.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_there(place, file):
                yield file
                return


def _is_there(place: Path, file: BinaryIO) -> bool:
    with suppress(FileNotFoundError):
        return place.stat().st_ino == os.fstat(file.fileno()).st_ino
    return False


def is_idle(path: Path) -> bool:
    """Return whether a path is a file that no download is writing."""
    if not path.is_file():
        return False
    with path.open("rb") as file, suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _sync(folder: Path) -> None:
    """Make sure that the disk knows the names in a folder."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
