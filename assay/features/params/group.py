"""What the parameters of every group share."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from assay.types import Params

Window: TypeAlias = Annotated[int, Field(ge=2, le=10_000)]
"""Bars that a statistic is taken over."""
Horizon: TypeAlias = Annotated[int, Field(ge=1, le=10_000)]
"""Bars that a change is taken over."""


class GroupParams(Params):
    """A group of features: it is built or it is not."""

    enabled: bool = Field(default=True, description="Build the group.")
