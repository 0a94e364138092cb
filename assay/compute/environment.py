"""What a process is told before it imports numba or polars: one thread each, and where compiled kernels are kept.

Libraries whose last bits depend on their number of threads get one thread each; work is spread over processes instead.
Compiled kernels are kept per state of the sources: a kernel holds the code of the kernels that it calls, while numba by
itself looks only at the file of the one, so that it would run old code once another file has changed. Processes that
are started inherit both. Nothing is imported here but what Python brings.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")
KERNELS = "NUMBA_CACHE_DIR"


def settings(given: Mapping[str, str], root: Path = ROOT) -> dict[str, str]:
    """Return the variables to set before anything else is imported: ``os.environ.update(settings(os.environ))``.

    Parameters
    ----------
    given
        The variables there are. A folder of kernels that is among them stays, whatever the sources are.
    root
        The folder that ``assay`` lies in.

    Returns
    -------
    dict
        One thread for each library. In a checkout that can be written, the folder ``.numba/<hash of the sources>``.
        Elsewhere numba keeps kernels where it does by default: the files of a package that is installed are all new
        with each installation. A checkout that others update and you cannot write is left with numba's own look; name
        a folder in ``NUMBA_CACHE_DIR`` there, another one after each update.
    """
    threads = dict.fromkeys(THREADS, "1")
    if given.get(KERNELS) or not _is_checkout(root):
        return threads
    return threads | {KERNELS: str(root / ".numba" / _state(root))}


def _is_checkout(root: Path) -> bool:
    """Tell whether the stages lie beside the package, and kernels can be written there."""
    folder = root / ".numba"
    return (root / "stages" / "__init__.py").is_file() and os.access(folder if folder.exists() else root, os.W_OK)


def _state(root: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted((root / "assay").rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]
