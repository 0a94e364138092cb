"""The frame around every stage: one line on failure, a traceback only when asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from assay.errors import AssayError, StoreError


def run(stage: Callable[[], None]) -> None:
    """Run a stage; a domain error becomes one line on standard error and exit status 1."""
    debug = "--debug" in sys.argv
    try:
        stage()
    except AssayError as error:
        if debug:
            raise
        sys.exit(_line(error))
    except PermissionError as error:
        if debug:
            raise
        sys.exit(_line(_denied(error)))


def _denied(error: PermissionError) -> StoreError:
    return StoreError(error.filename, "must be readable and writable", "permission denied", "change its mode or owner")


def _line(error: AssayError) -> str:
    return f"{Path(sys.argv[0]).name}: {error}"
