"""Code of the user's own: modules of a folder of the project, and what tells one state of it from another."""

from __future__ import annotations

import hashlib
import importlib
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from assay.errors import StoreError


def read_module(name: str) -> tuple[ModuleType, str]:
    """Import a module of a folder of the working directory, such as ``own.features``.

    Returns
    -------
    tuple
        The module, and the SHA-256 of all Python files of that folder, by their paths and bytes: a module may use
        others beside it.

    Raises
    ------
    StoreError
        If there is no such file, or importing it fails, with where and why.
    """
    path = Path(*name.split(".")).with_suffix(".py")
    if not path.is_file():
        raise StoreError(
            path, f"must be there, as a parameter names {name}", "nothing", "write it, or correct the name"
        )
    folder = path.parts[0]
    for known in [other for other in sys.modules if other.partition(".")[0] == folder]:
        del sys.modules[known]  # read before, perhaps of another project
    with _importing(Path.cwd()):
        try:
            return importlib.import_module(name), _sha256(Path(folder))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise StoreError(path, "must be a module that can be imported", _told(error), "correct it") from error


@contextmanager
def _importing(root: Path) -> Iterator[None]:
    """Let modules of a folder be found, while this is open."""
    sys.path.insert(0, str(root))
    try:
        importlib.invalidate_caches()
        yield
    finally:
        sys.path.remove(str(root))


def _sha256(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        content = file.read_bytes()
        digest.update(f"{file.as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _told(error: BaseException) -> str:
    """Return what went wrong and in which line."""
    line = getattr(error, "lineno", None) or traceback.extract_tb(error.__traceback__)[-1].lineno
    return f"{type(error).__name__} in line {line}: {error}"
