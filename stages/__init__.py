"""The offline shell: one script per stage, run as ``python -m stages.<name>``.

Libraries whose last bits depend on their number of threads get one thread each, before any of them is imported;
work is spread over processes instead.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"):
    os.environ[_name] = "1"
