"""Every knob of the pipeline, gathered from the packages that own them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from assay import params
from assay.backtest.params import BacktestParams
from assay.bars.params import BarsParams
from assay.compute.params import ComputeParams
from assay.errors import ParamsError
from assay.features.params import FeatureParams
from assay.labels.params import LabelParams
from assay.learn.params import MetaParams, ModelParams
from assay.manual.allowed import allowed
from assay.market.costs import CostParams
from assay.market.instruments import InstrumentParams
from assay.market.sessions import SessionParams
from assay.regimes.params import HmmParams
from assay.report.params import ReportParams
from assay.simulate.params import MonteCarloParams
from assay.sources.params import DataParams
from assay.sources.transport.params import TransportParams
from assay.splits.params import SplitParams, WalkForwardParams
from assay.types import Params

CLASSES: tuple[type[Params], ...] = (
    InstrumentParams,
    DataParams,
    SessionParams,
    BarsParams,
    FeatureParams,
    LabelParams,
    SplitParams,
    HmmParams,
    ModelParams,
    MetaParams,
    CostParams,
    WalkForwardParams,
    BacktestParams,
    MonteCarloParams,
    ReportParams,
    TransportParams,
    ComputeParams,
)
BLOCKS: Mapping[str, type[Params]] = dict(zip(params.BLOCKS, CLASSES, strict=True))
"""The class behind each block of ``params.yaml``, in the order of the file."""


@dataclass(frozen=True)
class Knob:
    """One parameter: where it stands, what it means, what it may be, what it is unless changed."""

    path: str
    meaning: str
    allowed: str
    default: Any


def knobs() -> list[Knob]:
    """Return every knob in the order of ``params.yaml``."""
    blocks = [_walk(f"{block}.", model()) for block, model in BLOCKS.items()]
    return list(chain(_walk("", params.RunParams()), *blocks))


def find(path: str) -> list[Knob]:
    """Return the knob at a path, or all knobs of a block.

    Raises
    ------
    ParamsError
        If there is none, with the nearest known name.
    """
    every = knobs()
    inside = [knob for knob in every if knob.path == path or knob.path.startswith(f"{path}.")]
    if inside:
        return inside
    near = difflib.get_close_matches(path, [knob.path for knob in every], n=1)
    remedy = f"did you mean {near[0]}?" if near else "see `assay defaults` for all of them"
    raise ParamsError("params.yaml", "unknown parameter", repr(path), remedy)


def _walk(prefix: str, defaults: Params) -> Iterator[Knob]:
    for name, field in type(defaults).model_fields.items():
        default = getattr(defaults, name)
        if isinstance(default, Params):
            yield from _walk(f"{prefix}{name}.", default)
        else:
            meaning = field.description or ""
            yield Knob(f"{prefix}{name}", meaning, allowed(field.annotation, field.metadata), default)
