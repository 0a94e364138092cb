"""Which files hold a feed, and mutated files."""

import itertools
import zipfile

import pytest

from assay.errors import DataError, ParamsError
from assay.sources.lean import VENUE
from assay.sources.venue import Piece
from tests.sources.feeds import fates, ns
from tests.sources.fuzz import mutations
from tests.sources.lean.conftest import lean, zipped
from tests.sources.lean.test_bars import README as BARS
from tests.sources.lean.test_events import README as EVENTS


def test_days_of_a_range_on_the_clock_of_the_market(shared):
    wanted = lean(
        "quotes", "EURUSD", shared / "lean", "2014-05-02T04:59:00", "2014-05-03T06:00:00", market="forex/fxcm"
    )
    pieces = VENUE.pieces(wanted)
    assert [piece.path[-18:-10] for piece in pieces] == ["20140501", "20140502", "20140503"]
    assert pieces[1].start_ns == ns("2014-05-02T05:00:00")
    assert pieces[1].end_ns == ns("2014-05-03T05:00:00")
    assert all(piece.when_missing == "closed" and not piece.url for piece in pieces)


def test_one_file_of_all_history_is_cut_into_months(shared):
    wanted = lean("ohlcv", "SPY", shared / "lean", market="equity/usa", interval="1d")
    pieces = VENUE.pieces(wanted)
    assert {piece.path for piece in pieces} == {"equity/usa/daily/spy.zip"}
    assert len(pieces) == 279
    assert (pieces[0].start_ns, pieces[-1].end_ns) == (ns("1998-01-01"), ns("2021-04-01"))
    assert VENUE.decode((wanted.root / pieces[1].path).read_bytes(), pieces[1], wanted)[0].height == 19
    later = lean("ohlcv", "SPY", shared / "lean", "2022-01-01", "2022-02-01", market="equity/usa", interval="1d")
    with pytest.raises(DataError, match="must hold rows of the range"):
        VENUE.pieces(later)


@pytest.mark.parametrize(
    ("kind", "params", "message"),
    [
        ("quotes", {"market": "forex/fxmc"}, "must be a market of the archives"),
        ("quotes", {"market": "crypto/coinbase"}, "must hold it"),
        ("funding", {"market": "equity/usa"}, "must hold it"),
        ("actions", {"market": "forex/oanda"}, "must hold it"),
        ("ohlcv", {"market": "equity/usa", "interval": "5m"}, "minutes, hours and days"),
    ],
)
def test_what_the_archives_do_not_have_is_refused(kind, params, message):
    with pytest.raises(ParamsError, match=message):
        VENUE.pieces(lean(kind, "EURUSD", **params))


TICKS = [("quotes", "forex/fxcm", "EURUSD"), ("quotes", "forex/oanda", "EURUSD")]
TICKS += [(kind, "equity/usa", symbol) for kind in ("trades", "quotes") for symbol in ("AIG", "BAC")]
TICKS += [("trades", "equity/usa", "SPY")]
WHOLE_FOLDERS = ("equity/usa/daily/", "equity/usa/factor_files/")
"""Every file of them is loaded by a test of bars and of events."""


def test_every_real_file_is_of_a_feed_that_is_tested(shared):
    root = shared / "lean"
    wanted = [lean(kind, symbol, root, market=market) for kind, market, symbol in TICKS]
    wanted += [lean("ohlcv", bars[2], root, market=bars[0], interval=bars[1]) for bars in BARS]
    wanted += [lean("funding", symbol, root, market=f"cryptofuture/{name}") for name, symbol, *_ in EVENTS]
    asked = {piece.path for one in wanted for piece in VENUE.pieces(one)}
    files = {str(path.relative_to(root)) for path in root.rglob("*.*")}
    assert sorted(path for path in files - asked if not path.startswith(WHOLE_FOLDERS)) == []


def test_a_symbol_without_files_is_refused(tmp_path):
    with pytest.raises(DataError, match="must hold a file per day"):
        VENUE.pieces(lean("quotes", "EURUSD", tmp_path, market="forex/oanda"))


SAMPLES = [
    ("trades", "equity/usa", "equity/usa/tick/aig/20131007_trade.zip", "equity/usa/tick/spy/20131007_trade.zip"),
    ("quotes", "equity/usa", "equity/usa/tick/aig/20131007_quote.zip", "equity/usa/tick/bac/20131007_quote.zip"),
    ("quotes", "forex/fxcm", "forex/fxcm/tick/eurusd/20140504_quote.zip", "forex/fxcm/tick/eurusd/20140504_quote.zip"),
    ("ohlcv", "forex/oanda", "forex/oanda/hour/aig.zip", "forex/oanda/hour/eurusd.zip"),
    ("actions", "equity/usa", "equity/usa/factor_files/aig.csv", "equity/usa/factor_files/twx.csv"),
    (
        "funding",
        "cryptofuture/bybit",
        "cryptofuture/bybit/margin_interest/aig.csv",
        "cryptofuture/bybit/margin_interest/btcusd.csv",
    ),
]


def small(path):
    """Return the first 60 rows of a real file, zipped again if it was."""
    raw = path.read_bytes()
    if path.suffix != ".zip":
        return b"\n".join(raw.split(b"\n")[:60]), False
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
        return b"".join(itertools.islice(file, 60)), True


def damaged(shared, sample, n):
    """Decode n damaged copies of a sample, outside and inside of its archive; count what becomes of them."""
    kind, market, name, real = sample
    content, packed = small(shared / "lean" / real)
    wanted, piece = lean(kind, "AIG", market=market), Piece(name, 0, 1 << 62)
    outside = mutations(zipped(content), 1, n // 2) if packed else ()
    inside = (zipped(raw) if packed else raw for raw in mutations(content, 2, n - n // 2 if packed else n))
    return fates(VENUE, itertools.chain(outside, inside), piece, wanted)


@pytest.mark.parametrize("n_cases", [300, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("sample", SAMPLES)
def test_mutated_files_give_an_error_of_one_line_that_names_them_or_a_table(shared, sample, n_cases):
    found = damaged(shared, sample, n_cases)
    assert found.keys() == {"refused", "table"}
    assert found.total() == n_cases
