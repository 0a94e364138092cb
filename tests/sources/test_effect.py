"""Fields of a feed that its source does not read are refused; which it reads is watched while its own tests run."""

import json
import os
import subprocess
import sys

import pytest

from assay.errors import ParamsError
from assay.manual.use import preset, presets
from assay.market.instruments import InstrumentParams
from assay.sources.column_names import ColumnParams
from assay.sources.effect import ALWAYS, READ, fields, refuse_without_effect
from assay.sources.feeds import VENUES, feeds
from assay.sources.params import DataParams, FeedParams
from assay.sources.synthetic.params import SyntheticParams
from tests.sources.project import ROOT
from tests.sources.spy import FOUND

TESTS = {
    "binance": (
        "binance/test_archives.py",
        "binance/test_answers.py",
        "binance/test_captures.py",
        "binance/test_lines.py",
        "binance/test_pieces.py",
    ),
    "ccxt": (
        "exchanges/test_kraken.py",
        "exchanges/test_refusals.py",
        "exchanges/test_keys.py",
        "exchanges/test_answers.py",
        "exchanges/test_captures.py",
    ),
    "dukascopy": ("dukascopy/test_venue.py",),
    "files": ("files/test_formats.py", "files/test_roles.py", "files/test_times.py"),
    "lean": ("lean",),
    "polygon": ("polygon",),
    "synthetic": ("synthetic",),
    "tardis": ("tardis",),
    "yahoo": ("yahoo",),
}
OTHERS = {
    "interval": "1m",
    "market": "usdm",
    "exchange": "bitstamp",
    "publish_lag_seconds": 1.0,
    "yahoo_damage": "keep",
    "path": "ticks.csv",
    "endpoint": "http://a",
    "synthetic": SyntheticParams(n_ticks=777),
}
"""Fields with values that are not their defaults."""
OF_THE_ENGINE = {"cache"}
"""Fields that the engine reads on behalf of a source: it gives the root of the raw cache, which venues alone have."""


def test_every_field_of_a_feed_is_read_by_some_source():
    assert ALWAYS.union({"fallback_names"}, *READ.values()) == set(FeedParams.model_fields)
    assert not any(ALWAYS & own for own in READ.values())
    assert {source for source, own in READ.items() if "cache" in own} == set(VENUES)


@pytest.mark.parametrize(
    ("changes", "kind", "said"),
    [
        (
            {"source": "binance", "exchange": "bitstamp"},
            "ohlcv",
            "data.exchange: must have an effect on ohlcv of binance; found exchange bitstamp; take it out, or change ",
        ),
        (
            {"source": "files", "yahoo_damage": "keep", "market": "usdm"},
            "ohlcv",
            "ohlcv of files; found market usdm, yahoo_damage keep; take them out, or change data.source or data.kind",
        ),
        ({"source": "dukascopy", "interval": "1m"}, "quotes", "data.interval: .* on quotes of dukascopy"),
        ({"source": "dukascopy", "publish_lag_seconds": 1.0}, "quotes", "data.publish_lag_seconds: "),
        ({"source": "sample", "synthetic": SyntheticParams(n_ticks=777)}, "trades", "found synthetic.n_ticks 777; "),
        ({"source": "dukascopy", "columns": ColumnParams(bid="b")}, "quotes", "found columns.bid b; "),
        ({"source": "polygon", "fallback_names": {"A": "B"}}, "ohlcv", "data.fallback_names: "),
        ({"source": "polygon", "yahoo_damage": "keep"}, "ohlcv", "data.yahoo_damage: "),
    ],
)
def test_a_field_without_effect_is_refused_in_one_line(changes, kind, said):
    with pytest.raises(ParamsError, match=said) as refused:
        refuse_without_effect(FeedParams(**changes), kind, "data")
    assert "\n" not in str(refused.value)


def test_what_the_fallback_reads_has_an_effect():
    params = FeedParams(source="polygon", fallback="yahoo", fallback_names={"A": "B"}, yahoo_damage="keep")
    refuse_without_effect(params, "ohlcv", "data")
    assert fields(params, "ohlcv") >= {"yahoo_damage", "interval", "endpoint"}
    with pytest.raises(ParamsError, match=r"data\.endpoint: "):
        refuse_without_effect(FeedParams(source="files", fallback="yahoo", endpoint="http://a"), "ohlcv", "data")


def refused(kind, **changes):
    """Return the places that are refused of a feed, none where it is taken."""
    try:
        refuse_without_effect(FeedParams(**changes), kind, "data")
    except ParamsError as told:
        return str(told).partition(":")[0]
    return "none"


@pytest.mark.parametrize("kind", ["quotes", "ohlcv", "funding"])
@pytest.mark.parametrize("source", sorted(READ))
def test_defaults_are_refused_by_no_source_and_other_values_where_nobody_reads_them(source, kind):
    read = fields(FeedParams(source=source), kind)
    assert refused(kind, source=source) == "none"
    for name, value in OTHERS.items():
        assert refused(kind, source=source, **{name: value}) == ("none" if name in read else f"data.{name}")


def test_a_further_feed_is_named_by_its_place():
    more = [FeedParams(source="binance", kind="funding", exchange="bitstamp")]
    with pytest.raises(ParamsError, match=r"data\.more\[0\]\.exchange: .* change data\.more\[0\]\.source or"):
        feeds(DataParams(more=more), InstrumentParams())


@pytest.mark.parametrize("name", sorted(presets()))
def test_presets_set_what_has_an_effect(name):
    blocks = preset(name)
    data, instrument = (blocks.get(block, {}) for block in ("data", "instrument"))
    assert feeds(DataParams.model_validate(data), InstrumentParams.model_validate(instrument))


@pytest.mark.slow
@pytest.mark.parametrize("source", sorted(TESTS))
@pytest.mark.usefixtures("shared")
def test_a_source_reads_what_the_table_says(source, tmp_path):
    """Neither more nor less, and of each kind no more than has an effect."""
    places = [f"tests/sources/{name}" for name in TESTS[source]]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not slow", "-p", "tests.sources.spy", *places]
    environ = {**os.environ, FOUND: str(tmp_path / "found.json")}
    done = subprocess.run(command, cwd=ROOT, env=environ, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    found = [one for one in json.loads((tmp_path / "found.json").read_text()) if one[0] == source]
    assert {name for _, _, name in found} - ALWAYS == READ[source] - OF_THE_ENGINE
    timed = {kind for _, kind, name in found if name == "interval"}
    assert all("interval" in fields(FeedParams(source=source), kind) for kind in timed)
