"""Whether a GPU is here: sides that need one run where it is, and are named as left out where it is not."""

from __future__ import annotations

import ctypes

ENVIRONMENTS = frozenset({"cudf"})
"""What needs a GPU; large, and so not even installed without one."""
DRIVER = "libcuda.so.1"


def n_gpus() -> int:
    """Return the number of CUDA devices that the driver tells of; 0 without a driver."""
    try:
        driver = ctypes.CDLL(DRIVER)
    except OSError:
        return 0
    found = ctypes.c_int(0)
    return found.value if driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(found)) == 0 else 0


def left_out(environment: str) -> str:
    """Return why a side of an environment cannot run here; empty where it can."""
    return "no GPU here" if environment in ENVIRONMENTS and not n_gpus() else ""
