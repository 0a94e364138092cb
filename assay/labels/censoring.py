"""How far a trade could last: what tells which events the end of the data censors."""

from __future__ import annotations

import numpy as np

from assay.labels.barriers import ExitRules
from assay.types import Ints


def latest_ends(ordinals: Ints, rules: ExitRules, limit: Ints) -> Ints:
    """Return the last bars in which trades could be filled out, whatever prices did, shape (k,).

    Parameters
    ----------
    ordinals
        The deciding bars, shape (k,).
    rules, limit
        As in :func:`assay.labels.exits.leave_all`; where they let a trade outlast the data, so does its last bar.

    Notes
    -----
    Where the vertical barrier (AFML 3.4) lies beyond the data, an outcome is known only if another one was touched
    before: near the end those trades would be left that were soon over, which is a choice by what they earned. So
    whether an event is dropped is told by times alone, not by what prices did. A trade is filled out at the latest one
    bar after its vertical barrier; in that bar, if it enters and is left at closes.
    """
    vertical = ordinals + rules.max_horizon
    if limit.size:
        vertical = np.minimum(vertical, limit[ordinals])
    return vertical if rules.at_close and not rules.resting else vertical + 1
