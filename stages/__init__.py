"""The offline shell: one script per stage, run as ``python -m stages.<name>``.

Threads and the place of compiled kernels are set before anything is imported that looks at them.
"""

import os

from assay.compute.environment import settings

os.environ.update(settings(os.environ))
