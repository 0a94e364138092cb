"""All feeds of a run, delivered with a receipt for every table and the health of every history."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from assay.market.instruments import InstrumentParams
from assay.sources import universe
from assay.sources.feeds import feeds
from assay.sources.params import DataParams
from assay.sources.run.fetch import fetch
from assay.sources.run.fetched import Fetched
from assay.sources.run.judge import judged
from assay.sources.run.pairs import pairs
from assay.sources.run.together import partly, together
from assay.sources.transport.line import Transport
from assay.sources.venue import Feed
from assay.tables.kinds import PRICES

Report: TypeAlias = dict[str, Any]


def deliver(
    params: DataParams, instruments: InstrumentParams, folders: Mapping[str, Path], transport: Transport
) -> tuple[Report, Report]:
    """Write all feeds; return the manifest and the health of the data.

    Parameters
    ----------
    params, instruments
        The ``data`` and the ``instrument`` block.
    folders
        What stands for the folders ``ticks`` and ``context`` below ``data``.
    transport
        How bytes come; feeds are fetched `at_once`.

    Returns
    -------
    tuple[dict, dict]
        The manifest has ``feeds``, a receipt per source, kind and symbol, and ``failed``, what could not be had and
        why; no clock, host or absolute path is in it. The health has ``feeds``, in the same order, and ``pairs``: what
        two sources of one symbol say of each other's clock. With a universe, receipts tell when symbols entered and
        left, and the health has ``universes``.

    Raises
    ------
    AssayError
        If the first feed, which bars are made of, fails, or all do: its own error.
    """

    def one(feed: Feed) -> tuple[Fetched, Report]:
        fetched = fetch(feed, folders, transport)
        return fetched, judged(fetched)

    outcome = together(one, feeds(params, instruments), transport)
    fetched = [each for each, _ in outcome.results]
    receipts = [each.receipt() | universe.stay(each.feed) for each in fetched]
    health = {"feeds": [health for _, health in outcome.results], "pairs": pairs(fetched, folders)}
    failed = [each.told() for each in outcome.failures]
    return {"feeds": receipts, "failed": failed}, health | universe.told(fetched)


def index(manifest: Report) -> Report:
    """Return which context there is, so that its folder is never empty: symbols by kind and source."""
    found: dict[str, dict[str, list[str]]] = {}
    for feed in manifest["feeds"]:
        if feed["kind"] not in PRICES:
            found.setdefault(feed["kind"], {}).setdefault(feed["source"], []).append(feed["symbol"])
    return found


def refuse_failures(manifest: Report, params: DataParams) -> None:
    """Raise if something failed and the run is to stop for it.

    Raises
    ------
    PartialError
        With what failed, the first one's reason, and what to do.
    """
    failed = manifest["failed"]
    if failed and params.on_failure == "stop":
        remedy = "mend them, or set data.on_failure to go_on; the others were delivered"
        raise partly(failed, len(failed) + len(manifest["feeds"]), remedy)
