"""The stage of bars joins what was fetched of each contract."""

import json

import pytest
from ruamel.yaml import YAML

from assay import store
from assay.bars.params import BarsParams
from assay.errors import DataError, ParamsError
from assay.params import load
from assay.tables.bars import BARS
from stages.bars import main
from tests.bars.contracts import by_hand, interest, market, params

from .fetched import manifest


@pytest.fixture
def stage(tmp_path, monkeypatch):
    """Return a function that runs the stage on the contracts of a market."""
    monkeypatch.chdir(tmp_path)

    def run(prices, **rolled):
        contracts = params().roll.contracts
        blocks = {
            "instrument": {
                "symbol": "ES",
                "table": {"ES": {"zone": "UTC", "session_start": "00:00", "session_end": "24:00"}},
            },
            "session": {"weekend_trading": True, "friday_end": "24:00"},
            "bars": {"types": {"tick": 3}, "roll": {"contracts": contracts, "rule": "volume", **rolled}},
        }
        YAML().dump(blocks, tmp_path / "params.yaml")
        for name, rows in prices.items():
            put(tmp_path / "data/ticks/files" / name, rows)
        manifest(tmp_path, *(("files", name) for name in prices))
        main()
        report = json.loads((tmp_path / "reports/bars.json").read_text())
        return store.read_table(tmp_path / "data/bars/tick/ES.parquet", BARS), report

    return run


def put(folder, frame):
    folder.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(folder / "1970-01.parquet")


def test_the_stage_joins_what_was_fetched_of_each_contract(stage):
    bars, report = stage(market(3), adjustment="none")
    _, expected = by_hand(market(3), "volume")
    assert bars["symbol"].unique().to_list() == ["ES"]
    assert bars["close"].to_list() == [p[-1] for _, _, p, *_ in expected]
    (roll_h, roll_m) = report["rolls"]["made"]
    assert (roll_h["from"], roll_h["to"], roll_m["from"], roll_m["to"]) == ("H", "M", "M", "U")
    assert "not adjusted for 2 of 2 rolls" in report["types"]["tick"]["warnings"][0]
    assert report["n_ticks"] == report["n_ticks_in_session"]
    assert report["n_ticks"] + report["rolls"]["n_ticks_not_held"] == sum(rows.height for rows in market(3).values())
    _, adjusted = stage(market(3))
    assert adjusted["types"]["tick"]["warnings"] == []
    assert adjusted["rolls"]["adjustment"] == "difference"


def test_the_stage_reads_open_interest_or_says_what_to_fetch(stage, tmp_path):
    prices = market(3)
    with pytest.raises(DataError, match=r"open_interest needs that of H.*found none; add a feed \{kind: open_interest"):
        stage(prices, rule="open_interest")
    days = range(12)
    for name, figure in (("H", 5), ("M", 9), ("U", 1)):
        put(tmp_path / "data/context/open_interest/binance" / name, interest(dict.fromkeys(days, figure)))
    _, report = stage(prices, rule="open_interest")
    assert [one["at"][:10] for one in report["rolls"]["made"]] == ["1970-01-02", "1970-01-10"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{roll: {contracts: {ESH4: tomorrow}}}", "bars.roll.contracts"),
        ("{roll: {contracts: {../x: 2014-03-21}}}", "bars.roll.contracts"),
        ("{roll: {as_of: never}}", "bars.roll.as_of"),
        ("{adjust: splits, roll: {contracts: {ESH4: 2014-03-21}}}", "adjust is for shares"),
    ],
)
def test_params_of_the_roll_are_checked(tmp_path, text, rule):
    path = tmp_path / "params.yaml"
    path.write_text(f"bars: {text}\n")
    with pytest.raises(ParamsError, match=rule):
        load("bars", BarsParams, path)
    path.write_text("bars: {roll: {contracts: {ESH4: 2014-03-21}, as_of: 2014-01-01}}\n")
    assert load("bars", BarsParams, path).roll.expiries == {"ESH4": 16150}
