"""Outputs that are replaced whole or not at all, and what is said where one cannot be read or written."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from assay.errors import DataError, StoreError
from assay.store.alone import alone

_ELSEWHERE = "name another place"


@contextmanager
def writing() -> Iterator[Callable[[Path], Path]]:
    """Give a function from the place of an output to a path beside it; at the end put all outputs in their places.

    What is written beside may be a file or a folder, and takes the place of the same or of nothing: a file never
    replaces a folder. On failure no output changes, and no trace of the new ones is left. A process that is killed
    leaves old ones under other names, which the next writer puts right.

    Raises
    ------
    StoreError
        If another writer, of this process or another one, is at the same place; one that was killed is not. Also if a
        place cannot be written.
    """
    named: list[Path] = []
    places: list[Path] = []
    with ExitStack() as held:

        def beside(path: Path) -> Path:
            named.append(path)
            held.enter_context(_held(path))
            places.append(path)
            return _part(path)

        try:
            yield beside
            _replace(places)
        except OSError as error:
            if not named:
                raise
            raise unwritable(_blamed(error, named), error.strerror or str(error)) from None


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Have a place for oneself, with nothing beside it at the start and at the end."""
    _refuse_place(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with alone(path, _beside(path, "lock")):
        _recover(path)
        try:
            yield
        finally:
            _remove(_part(path))


def _refuse_place(path: Path) -> None:
    """Refuse what cannot be replaced: a folder without a name of its own, what lies in a file, a device, a pipe."""
    if path.name in ("", ".."):
        raise unwritable(path, "a folder that is named by where it lies", _ELSEWHERE)
    around = next(around for around in path.parents if around.exists() or around.is_symlink())
    if not around.is_dir():
        is_device = around.exists() and not around.is_file()
        remedy = _ELSEWHERE if is_device else f"remove it, or {_ELSEWHERE}"
        raise unwritable(around, "a file where a folder goes", remedy)
    if path.exists() and not path.is_file() and not path.is_dir():
        raise unwritable(path, "a device or a pipe", _ELSEWHERE)


def _blamed(error: OSError, places: Sequence[Path]) -> str:
    """Return the file that an error names, the one that was written rather than the one read; else all outputs."""
    named = error.filename2 or error.filename
    return str(place(Path(named))) if isinstance(named, str) else ", ".join(str(place(path)) for path in places)


def _replace(places: Sequence[Path]) -> None:
    """Put what was written beside each place into it: all or nothing."""
    with ExitStack() as undo:
        for path in places:
            if path.is_file() and _part(path).is_dir():
                raise unwritable(path, "a file where a folder goes", _ELSEWHERE)
            if path.is_dir() and _part(path).is_file():
                raise unwritable(path, "a folder where a file goes", _ELSEWHERE)
            if path.exists():
                path.replace(_old(path))
            undo.callback(_restore, path)
            _part(path).replace(path)
        undo.pop_all()
    for path in places:
        _remove(_old(path))


def _restore(path: Path) -> None:
    _remove(path)
    if _old(path).exists():
        _old(path).replace(path)


def _recover(path: Path) -> None:
    """Clear up after a writer that was killed."""
    _remove(_part(path))
    if _old(path).exists() and not path.exists():
        _old(path).replace(path)
    _remove(_old(path))


def _remove(path: Path) -> None:
    """Remove a file or a folder; of a link the link, not what it leads to."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _part(path: Path) -> Path:
    return _beside(path, "part")


def _old(path: Path) -> Path:
    return _beside(path, "old")


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f".{path.name}.{what}")


def place(path: Path) -> Path:
    """Return where a path will be when all is in its place, for messages."""
    return Path(*(re.sub(r"^\.(.+)\.(part|old|lock)$", r"\1", name) for name in path.parts))


def unwritable(where: Path | str, found: str, remedy: str = "free the disk or change the mode") -> StoreError:
    """Return the error that says that a file, or one of several, cannot be written."""
    named = place(where) if isinstance(where, Path) else where
    return StoreError(named, "must be writable", found, remedy)


def unreadable(path: Path, rule: str, error: Exception) -> StoreError | DataError:
    """Return the error that says why a file cannot be read."""
    if isinstance(error, FileNotFoundError):
        return StoreError(path, "must exist", "no such file", "run the stage that writes it: dvc repro")
    found = getattr(error, "strerror", None) or str(error).partition("\n")[0]
    return DataError(path, rule, found, "fetch it again or restore it: dvc checkout")
