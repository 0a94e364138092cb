"""The memory that a process has taken at most."""

from pathlib import Path


def peak_mb():
    """Return the largest resident memory of this process, MB.

    Not ``ru_maxrss``: on Linux that of a new process begins with what its parent had taken.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
