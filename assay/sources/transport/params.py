"""How a venue is asked: patience, pace and limits. Nothing here changes a result."""

from __future__ import annotations

from pydantic import Field

from assay.types import Params


class TransportParams(Params):
    """The ``transport`` block: it decides how bytes come, not which, so no stage reruns when it changes."""

    timeout_seconds: float = Field(
        30.0, gt=0, le=3600, description="Silence after which an answer is given up, seconds."
    )
    retries: int = Field(5, ge=0, le=20, description="Tries after the first one, per answer.")
    backoff_seconds: float = Field(
        0.5,
        ge=0,
        le=600,
        description="Wait before the first retry, doubled for each further one, with jitter; seconds.",
    )
    requests_per_second: float = Field(
        20.0, gt=0, le=1000, description="Most requests per second to one host; the venue's own limits are kept too."
    )
    at_once: int = Field(4, ge=1, le=64, description="Files that are downloaded at the same time.")
    slow_seconds: float = Field(
        5.0, gt=0, le=3600, description="Answers that took longer are named in the log; seconds."
    )
    open_ttl_hours: float = Field(
        1.0,
        ge=0,
        le=8760,
        description="Age at which data that can still change, the open day, is asked for again; hours.",
    )
    largest_answer_mb: int = Field(2048, ge=1, le=1 << 20, description="Answers that are larger are refused; MB.")
    offline: bool = Field(default=False, description="Never ask a venue: what is not in the raw cache is an error.")
