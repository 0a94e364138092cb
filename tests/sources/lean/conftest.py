"""Archives of LEAN: the real ones, and small ones made by hand."""

import io
import zipfile

import polars as pl

from assay.sources.lean import VENUE
from assay.sources.venue import Piece
from tests.sources.feeds import feed


def lean(kind, symbol, root="/nowhere", start=None, end=None, **params):
    return feed("lean", kind, symbol, start, end, root=root, **params)


def zipped(content, name="20131007_aig_Trade_Tick.csv", more=()):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in (name, *more):
            archive.writestr(each, content)
    return raw.getvalue()


def loaded(wanted):
    """Return all rows of a feed as they lie in its root, and the counts."""
    frames, counts = [], {}
    for piece in VENUE.pieces(wanted):
        path = wanted.root / piece.path
        frame, rules = VENUE.decode(path.read_bytes() if path.exists() else b"", piece, wanted)
        frames.append(frame)
        counts = {rule: counts.get(rule, 0) + rules.get(rule, 0) for rule in {*counts, *rules}}
    return pl.concat(frames), counts


def decoded(raw, kind="trades", market="equity/usa", path="equity/usa/tick/aig/20131007_trade.zip", **params):
    return VENUE.decode(raw, Piece(path, 0, 1 << 62), lean(kind, "AIG", market=market, **params))
