"""A kernel that nothing but a signal ends."""

from numba import njit


@njit
def endless(n):
    """Run for as long as n is above 0, without ever coming back to Python."""
    total = 0
    while n > 0:
        total += 1
        if total < 0:
            n = 0
    return total
