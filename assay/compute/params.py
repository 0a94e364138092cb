"""The ``compute`` block: how work is divided; no result depends on it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from assay.types import Params


class ComputeParams(Params):
    """How work is divided inside a stage."""

    executor: Literal["serial", "processes"] = Field(
        "processes",
        description="Who does the work: the stage's own process, or a pool of processes. `assay features build` always "
        "starts others, as it stops one that takes too long; with serial, one at a time.",
    )
    n_workers: int = Field(
        0, ge=0, le=1024, description="Processes in the pool; 0 takes every core this process may use."
    )
