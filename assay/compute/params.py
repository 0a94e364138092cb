"""The ``compute`` block: how work is divided; no result depends on it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from assay.types import Params


class ComputeParams(Params):
    """How work is divided inside a stage."""

    executor: Literal["serial", "processes"] = Field(
        "processes", description="Who does the work: this process, or a pool of processes."
    )
    n_workers: int = Field(
        0, ge=0, le=1024, description="Processes in the pool; 0 takes every core this process may use."
    )
