"""All feeds of a run, delivered with a receipt for every table and the health of every history."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from assay.errors import AssayError
from assay.market.instruments import InstrumentParams
from assay.sources import universe
from assay.sources.fallback import stand_in
from assay.sources.feeds import feeds, inside, place
from assay.sources.params import DataParams
from assay.sources.run.fetch import fetch
from assay.sources.run.fetched import Fetched
from assay.sources.run.instead import had
from assay.sources.run.judge import judged
from assay.sources.run.pairs import pairs
from assay.sources.run.reason import logged, reason
from assay.sources.run.together import Failure, partly, together
from assay.sources.transport.line import Transport
from assay.sources.venue import MAIN, Feed
from assay.tables.kinds import PRICES

Report: TypeAlias = dict[str, Any]


def deliver(
    params: DataParams, instruments: InstrumentParams, folders: Mapping[str, Path], transport: Transport
) -> tuple[Report, Report, list[Failure]]:
    """Write all feeds; return the manifest, the health of the data, and what failed.

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
    tuple[dict, dict, list[Failure]]
        The manifest has ``feeds``, a receipt per label, kind and symbol, and ``failed``, what could not be had and
        why; no clock, host or absolute path is in it, nor a figure that `transport` decides: the log has those. Of
        what failed no table is left. The health has ``feeds``, in the same order, and ``pairs``: what two feeds of
        one symbol say of each other's clock. With a universe, receipts tell when symbols entered and left, and the
        health has ``universes``. What failed is in the order of ``failed``, with all that was found.

    Raises
    ------
    AssayError
        If all feeds fail: the first one's own error.
    """

    def one(feed: Feed) -> tuple[Fetched, Report]:
        try:
            fetched, instead = had(partial(fetch, folders=folders, transport=transport), feed, transport)
            fetched.instead = instead
            return fetched, judged(fetched)
        except (AssayError, OSError):
            _remove(feed, folders)
            raise

    outcome = together(one, feeds(params, instruments), transport)
    fetched = [each for each, _ in outcome.results]
    receipts = [each.receipt() | universe.stay(each.feed) for each in fetched]
    health = {"feeds": [health for _, health in outcome.results], "pairs": pairs(fetched, folders)}
    failed = [each.told() | {"error": reason(each.feed, each.error)} for each in outcome.failures]
    return {"feeds": receipts, "failed": failed}, health | universe.told(fetched), outcome.failures


def index(manifest: Report) -> Report:
    """Return which context there is, so that its folder is never empty: symbols by kind and label."""
    found: dict[str, dict[str, list[str]]] = {}
    for feed in manifest["feeds"]:
        if feed["kind"] not in PRICES:
            found.setdefault(feed["kind"], {}).setdefault(feed["source"], []).append(feed["symbol"])
    return found


def refuse_failures(
    failures: Sequence[Failure], n_delivered: int, params: DataParams, instruments: InstrumentParams
) -> None:
    """Raise if something failed and the run is to stop for it: as the parameter says, and always for the main symbol.

    Else what failed is logged.

    Raises
    ------
    PartialError
        With what failed, the first one's reason, and what to do. The main symbol's prices, which bars are made of, are
        named first.
    """
    main = universe.main(params, instruments.symbol)
    failed = [failure.told() for failure in failures]
    first = [failure.told() for failure in failures if (failure.feed.entry, failure.feed.symbol) == (MAIN, main)]
    remedy = f"mend {main}, since bars are made of it" if first else "mend them, or set data.on_failure to go_on"
    if first or (failed and params.on_failure == "stop"):
        named = [*first, *(one for one in failed if one not in first)]
        raise partly(named, len(failed) + n_delivered, f"{remedy}; the others were delivered")
    for failure in failures:
        logged(failure.feed, failure.error, "failed")


def _remove(feed: Feed, folders: Mapping[str, Path]) -> None:
    """Remove the tables of a feed that failed, which may have come as far as that."""
    for one in (feed, stand_in(feed)):
        if one:
            shutil.rmtree(inside(folders, place(one)), ignore_errors=True)
