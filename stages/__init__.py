"""The offline shell: one script per stage, run as ``python -m stages.<name>``.

Libraries whose last bits depend on their number of threads get one thread each, before any of them is imported; work
is spread over processes instead. Compiled kernels are kept per state of the sources: a kernel holds the code of the
kernels that it calls, and numba by itself looks at the one file only.
"""

import hashlib
import os
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_SOURCES = b"".join(path.read_bytes() for path in sorted((_ROOT / "assay").rglob("*.py")))

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"):
    os.environ[_name] = "1"
os.environ.setdefault("NUMBA_CACHE_DIR", str(_ROOT / ".numba" / hashlib.sha256(_SOURCES).hexdigest()[:16]))
