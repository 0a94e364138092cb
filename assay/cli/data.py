"""Commands about data: ``assay fetch`` fills the raw cache, ``assay cache`` looks after it."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assay import params
from assay.errors import DataError
from assay.market.instruments import InstrumentParams
from assay.sources.fallback import stand_in
from assay.sources.feeds import feeds
from assay.sources.months import decoded
from assay.sources.params import DataParams
from assay.sources.run.fill import filled
from assay.sources.transport import admin
from assay.sources.transport.crypt import Cipher
from assay.sources.transport.line import Transport
from assay.sources.transport.params import TransportParams
from assay.sources.transport.secrets import Secrets
from assay.sources.venue import Feed


def add(commands: Any) -> None:
    """Add the commands to a parser's."""
    fetch = commands.add_parser("fetch", help="fill the raw cache from the venues, so that dvc repro needs no network")
    fetch.add_argument("--refresh", action="store_true", help="ask again for what is there, to see revisions")
    fetch.add_argument("--accept-revision", action="store_true", help="take revised bytes and record them")
    fetch.set_defaults(command=_fetch)
    cache = commands.add_parser("cache", help="the raw cache: list, verify, prune")
    does = cache.add_subparsers(required=True, metavar="DOES")
    does.add_parser("ls", help="files, bytes and periods by source and symbol").set_defaults(command=_ls)
    does.add_parser("verify", help="compare all bytes with their receipts").set_defaults(command=_verify)
    prune = does.add_parser("prune", help="remove parts of downloads, and bytes that can be had again")
    prune.add_argument("--older-than", type=float, metavar="DAYS", help="bytes asked for longer ago than this")
    prune.add_argument("--source", default="", help="bytes of this source only")
    prune.add_argument(
        "--also-unserved",
        action="store_true",
        help="also bytes that the venue no longer serves: they are gone for good",
    )
    prune.set_defaults(command=_prune)


def _fetch(args: argparse.Namespace) -> Iterator[str]:
    refresh = args.refresh or args.accept_revision
    with Transport(params.load("transport", TransportParams)) as transport:
        yield from filled(_wanted(), transport, refresh=refresh, accept_revision=args.accept_revision)


def _ls(_: argparse.Namespace) -> Iterator[str]:
    return _lines(admin.ls(_roots(), Cipher(Secrets())))


def _verify(_: argparse.Namespace) -> Iterator[str]:
    lines, is_right = admin.verify(_roots(), Cipher(Secrets()))
    yield from _lines(lines)
    if not is_right:
        raise DataError("raw cache", "bytes are those of their receipts", lines[-1], "see the lines above")


def _prune(args: argparse.Namespace) -> Iterator[str]:
    pruned = admin.prune(
        _roots(),
        Cipher(Secrets()),
        time.time_ns(),
        older_than_days=args.older_than,
        source=args.source,
        also_unserved=args.also_unserved,
    )
    return _lines([*pruned, decoded.prune(_roots())])


def _wanted() -> list[Feed]:
    return feeds(params.load("data", DataParams), params.load("instrument", InstrumentParams))


def _roots() -> list[Path]:
    """Return the raw caches of the feeds in ``params.yaml`` and of their fallbacks, each once."""
    wanted = _wanted()
    others = [other for feed in wanted if (other := stand_in(feed))]
    return sorted({feed.root for feed in (*wanted, *others)})


def _lines(texts: list[str]) -> Iterator[str]:
    return (f"{text}\n" for text in texts)
