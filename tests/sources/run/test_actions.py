"""Splits and dividends through the whole run: joined where they lie in several answers, empty where there are none."""

import gzip
from pathlib import Path

import polars as pl
import pytest
from ruamel.yaml import YAML

from assay.bars.params import BarsParams
from assay.errors import AssayError
from assay.market.sessions import SessionParams
from assay.report import health as told_of
from assay.report.inputs import checked
from assay.store import read_parquet, sha256
from assay.tables.context import ACTIONS, LIQUIDATIONS
from stages import bars as bars_stage
from tests.sources.bars_server import Aggregates
from tests.sources.feeds import ns
from tests.sources.server import Server

RANGE = {"start": "2023-12-20", "end": "2024-02-10"}
SPLIT = {"ticker": "AAPL", "execution_date": "2024-01-08", "split_from": 1, "split_to": 4}
DIVIDEND = {"ticker": "AAPL", "ex_dividend_date": "2024-01-08", "cash_amount": 0.25}
HAPPENED = (
    SPLIT,
    DIVIDEND,
    DIVIDEND | {"cash_amount": 0.5},
    DIVIDEND | {"ex_dividend_date": "2023-12-28"},
    DIVIDEND | {"ex_dividend_date": "2024-02-09"},
    DIVIDEND | {"ex_dividend_date": "2024-03-01"},
    DIVIDEND | {"ticker": "MSFT"},
)


def fetched(project, server, **data):
    asked = {"source": "polygon", "endpoint": server.url, "cache": "cache", "calendar": "24/7", **RANGE}
    return project.run("AAPL", **asked, more=[{**asked, "kind": "actions", **data}])


def table(symbol="AAPL", month="*"):
    return pl.concat(
        ACTIONS.check(read_parquet(path), path)
        for path in sorted(Path(f"data/context/actions/polygon/{symbol}").glob(f"{month}.parquet"))
    )


def test_a_split_and_dividends_of_one_day_that_lie_in_several_answers_are_one_row(project):
    """Two dividends come in one answer, the split in another; of both there is one per year, which months share."""
    with Server(Aggregates(actions=HAPPENED)) as server:
        manifest = fetched(project, server)
    asked = {(one.path, one.query["ticker"]) for one in server.requests if "reference" in one.path}
    assert asked == {("/v3/reference/splits", "AAPL"), ("/v3/reference/dividends", "AAPL")}
    rows = table().select(pl.col("time").to_physical(), "split", "dividend").rows()
    assert rows == [
        (ns("2023-12-28T05:00"), 1.0, 0.25),
        (ns("2024-01-08T05:00"), 4.0, 0.75),
        (ns("2024-02-09T05:00"), 1.0, 0.25),
    ]
    (_, actions) = manifest["feeds"]
    months = [(Path(file["file"]).stem, file["n_rows"]) for file in actions["files"]]
    assert months == [("2023-12", 1), ("2024-01", 1), ("2024-02", 1)]
    assert sorted(actions["files"][1]["origins"]) == [
        "v3/reference/dividends/AAPL/2024.json",
        "v3/reference/splits/AAPL/2024.json",
    ]
    assert actions["rules"]["same_day_actions_joined"] == 1
    assert actions["n_rows"] == 3


def test_a_month_of_actions_is_the_same_whichever_others_are_fetched_with_it(project):
    with Server(Aggregates(actions=HAPPENED)) as server:
        fetched(project, server)
        january = table(month="2024-01")
        fetched(project, server, start="2024-01-01", end="2024-02-01")
    assert table().equals(january)


def test_a_share_without_splits_or_dividends_has_an_empty_table_with_a_receipt(project):
    with Server(Aggregates()) as server:
        manifest = fetched(project, server)
    (_, actions) = manifest["feeds"]
    path = Path("data/context/actions/polygon/AAPL/2023-12.parquet")
    assert table().height == 0
    receipt = {"n_rows": 0, "first_at": None, "last_at": None, "sha256": sha256(path), "origins": {}}
    assert actions["files"] == [{"file": "context/actions/polygon/AAPL/2023-12.parquet"} | receipt]
    assert (actions["n_rows"], actions["first_at"], actions["last_at"]) == (0, None, None)
    assert actions["rules"]["empty_tables"] == 1
    assert manifest["failed"] == []


def test_the_report_reads_a_feed_without_rows_and_says_so(project):
    with Server(Aggregates()) as server:
        manifest = fetched(project, server)
    found = told_of.told(checked("manifest", manifest), checked("health", project.health()))
    prices, actions = found.histories
    assert actions.title == "AAPL actions from polygon"
    assert (actions.faults, actions.notes) == ([], ["Nothing happened in the range: there is no row."])
    assert ("Tables without a row, because nothing happened in the range", 1) in actions.counted
    assert prices.notes != actions.notes


def made(project, adjust):
    """Run the bars stage; return the bars."""
    with (project.folder / "params.yaml").open() as file:
        blocks = YAML(typ="safe").load(file)
    wanted = {"types": {"time": 7200}, "main": "time", "adjust": adjust}
    blocks["session"] = SessionParams().model_dump(mode="json")
    blocks["bars"] = {**BarsParams().model_dump(mode="json"), **wanted}
    with (project.folder / "params.yaml").open("w") as file:
        YAML().dump(blocks, file)
    bars_stage.main()
    return read_parquet(Path("data/bars/time/AAPL.parquet"))


def test_bars_that_are_adjusted_for_no_split_are_those_that_were_traded(project):
    with Server(Aggregates()) as server:
        fetched(project, server)
    assert made(project, "splits_and_dividends").equals(made(project, "none"))


def test_bars_are_adjusted_for_what_several_answers_told(project):
    with Server(Aggregates(actions=(SPLIT, DIVIDEND))) as server:
        fetched(project, server)
    raw, adjusted = made(project, "none"), made(project, "splits")
    before = raw["closed_at"].to_physical() <= ns("2024-01-08T05:00")
    assert (adjusted["close"] / raw["close"]).filter(before).unique().to_list() == pytest.approx([0.25])
    assert adjusted.filter(~before)["close"].equals(raw.filter(~before)["close"])


HEADER = b"exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n"


def test_a_calm_day_of_liquidations_is_empty_and_a_day_without_prices_is_an_error(project):
    calm = {
        f"/v1/binance-futures/liquidations/2024/01/{day}/BTCUSDT.csv.gz": gzip.compress(HEADER) for day in ("01", "02")
    }
    with Server(calm) as server, Server(Aggregates()) as bars:
        day = {"start": "2024-01-01", "end": "2024-01-02"}
        asked = {"source": "tardis", "endpoint": server.url, "cache": "t", "kind": "liquidations", **day}
        data = {"source": "polygon", "endpoint": bars.url, "cache": "cache", "calendar": "24/7"}
        more = [{**asked, "symbols": ["BTCUSDT"]}]
        manifest = project.run("AAPL", **data, **RANGE, more=more)
        bars.content.until_ms = ns("2029-01-01") // 10**6
        with pytest.raises(AssayError, match="needs a row from 2030-01-01 to 2030-01-02; found none among 0 rows"):
            project.run("AAPL", **data, start="2030-01-01", end="2030-01-02", more=more)
    assert [feed["n_rows"] for feed in manifest["feeds"]] == [52 * 24, 0]
    path = Path("data/context/liquidations/tardis-binance-futures/BTCUSDT/2024-01.parquet")
    assert LIQUIDATIONS.check(read_parquet(path), path).height == 0
    assert not Path("data/ticks/polygon").exists()
