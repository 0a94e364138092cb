"""finmlkit."""

import logging

from sides.bars_tick_finmlkit import PACKAGES, of_dollars, trades, work

__all__ = ["PACKAGES", "prepare", "work"]


def prepare(folder):
    logging.disable()
    return trades(folder, of_dollars)
