"""Files of the user's through the whole stage: columns that know the future, months, and folders of a venue's files."""

import errno
import lzma
import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from pyarrow import parquet as pq

from assay.errors import DataError
from assay.sources.transport import disk
from assay.store import read_table
from assay.tables.flags import Flag, flagged
from assay.tables.ohlcv import OHLCV
from tests.sources.conftest import bi5, records

LOOKING_AHEAD = ["oi_delta", "net_long_delta", "net_short_delta"]


def test_the_vendor_columns_that_know_the_next_bar_are_refused_by_name(project, shared):
    path = shared / "binance_um_oi" / "BTCUSDT_bars_2025-10.csv"
    with pytest.raises(DataError, match="no column may know the future") as caught:
        project.run("BTCUSDT", source="files", path=str(path))
    columns = caught.value.found.partition(";")[0].split(", ")
    assert columns == LOOKING_AHEAD
    assert "set data.rules.look_ahead to keep" in str(caught.value)
    assert not project.outputs()


def test_kept_they_are_in_the_report_on_the_health(project, shared):
    path = shared / "binance_um_oi" / "BTCUSDT_bars_2025-10.csv"
    project.run("BTCUSDT", source="files", path=str(path), rules={"look_ahead": "keep"})
    (health,) = project.health()["feeds"]
    assert [one["column"] for one in health["look_ahead"]] == LOOKING_AHEAD
    assert len([text for text in health["findings"] if text.startswith("look-ahead: ")]) == len(LOOKING_AHEAD)


def bars(n_rows, **columns):
    """Hourly bars of a random walk, with further columns."""
    draw = np.random.default_rng(5)
    price = 100.0 + np.cumsum(draw.normal(0, 0.1, n_rows + 1))
    opened, close = price[:-1], price[1:]
    frame = {
        "time": pl.datetime_range(pl.datetime(2024, 1, 20), None, "1h", time_unit="ms", eager=False),
        "open": opened,
        "high": np.maximum(opened, close),
        "low": np.minimum(opened, close),
        "close": close,
    }
    frame["time"] = (np.datetime64("2024-01-20", "ms") + 3_600_000 * np.arange(n_rows)).astype(str)
    return pl.DataFrame({**frame, **{name: make(opened, close) for name, make in columns.items()}})


def following(_, close):
    return np.append(close[1:], close[-1]) - close


def last(opened, close):
    return close - opened


def test_a_column_planted_with_the_next_move_is_found_across_files_and_months(project, tmp_path):
    table = bars(600, honest=last, signal=following)
    folder = tmp_path / "mine"
    folder.mkdir()
    table[:300].write_csv(folder / "a.csv")
    table[300:].write_csv(folder / "b.csv")
    with pytest.raises(DataError, match="know the future; found signal; look-ahead: the value of signal"):
        project.run("ES", source="files", path=str(folder))
    manifest = project.run("ES", source="files", path=str(folder), rules={"look_ahead": "keep"})
    (feed,) = manifest["feeds"]
    assert [list(file["origins"]) for file in feed["files"]] == [["a.csv"], ["a.csv", "b.csv"]]
    assert feed["files"][0]["n_rows"] == 12 * 24
    january = read_table(project.folder / "data" / feed["files"][0]["file"], OHLCV)
    assert january["close"].to_list() == table["close"][: 12 * 24].to_list()


def test_honest_columns_are_no_fault(project, tmp_path):
    path = tmp_path / "bars.csv"
    bars(600, honest=last).write_csv(path)
    project.run("ES", source="files", path=str(path))
    assert project.health()["feeds"][0]["look_ahead"] == []


def test_a_bars_own_column_of_the_next_row_is_refused_or_reported(project, tmp_path):
    table = bars(600, volume=lambda opened, close: np.abs(close - opened))
    table = table.with_columns(pl.col("close").shift(-1).fill_null(strategy="forward"))
    path = tmp_path / "bars.csv"
    table.write_csv(path)
    given = {"source": "files", "path": str(path)}
    with pytest.raises(DataError, match="know the future; found close; look-ahead: the change of close"):
        project.run("ES", **given, rules={"ohlc_order": "keep"})
    project.run("ES", **given, rules={"ohlc_order": "keep", "look_ahead": "keep"})
    (health,) = project.health()["feeds"]
    (one,) = health["look_ahead"]
    assert (one["column"], one["of"], one["partner"], one["ahead"]) == ("close", "change", "next open", "1 row later")
    assert health["findings"][-1].startswith("look-ahead: the change of close has a rank correlation of 1.00")


def test_a_column_beside_quotes_that_knows_the_next_one_is_refused(project, tmp_path):
    draw = np.random.default_rng(6)
    mid = 1.1 + 1e-5 * np.cumsum(draw.normal(0, 1, 500))
    rows = {"time": 1_700_000_000_000 + 1_000 * np.arange(500), "bid": mid - 1e-5, "ask": mid + 1e-5}
    path = tmp_path / "quotes.csv"
    pl.DataFrame({**rows, "id": np.arange(500), "tilt": draw.normal(0, 1, 500)}).write_csv(path)
    project.run("EURUSD", source="files", path=str(path))
    assert project.health()["feeds"][0]["look_ahead"] == []
    pl.DataFrame({**rows, "tilt": np.append(np.diff(mid), 0.0)}).write_csv(path)
    with pytest.raises(DataError, match=r"know the future; found tilt; .* with the move of mid 1 row later"):
        project.run("EURUSD", source="files", path=str(path))


def test_only_the_wanted_range_is_looked_at(project, tmp_path):
    table = bars(600, signal=lambda opened, close: np.where(np.arange(600) < 300, following(opened, close), 0.0))
    path = tmp_path / "bars.csv"
    table.write_csv(path)
    project.run("ES", source="files", path=str(path), start="2024-02-02")
    assert project.health()["feeds"][0]["look_ahead"] == []
    with pytest.raises(DataError, match="signal"):
        project.run("ES", source="files", path=str(path), end="2024-02-01")


def test_two_sources_of_one_symbol_tell_of_each_others_clock(project, tmp_path):
    """The second one's clock is an hour fast: an hour less on its times, or one more on the first one's, agree."""
    draw = np.random.default_rng(3)
    minutes = 60_000 * np.arange(2_000) + np.datetime64("2024-01-02", "ms").astype(np.int64)
    price = 100.0 + np.cumsum(draw.normal(0, 0.05, 2_000))
    for name, hours in (("a", 0), ("b", 1)):
        times = minutes + hours * 3_600_000
        pl.DataFrame({"time": times, "price": price, "size": 1.0}).write_csv(tmp_path / f"{name}.csv")
    cache = tmp_path / "hours" / "EURUSD" / "2024" / "00" / "02"
    cache.mkdir(parents=True)
    for hour in range(24):
        rows = [
            (60_000 * i, round(1e5 * p) + 1, round(1e5 * p), 1.0, 1.0) for i, p in enumerate(price[60 * hour :][:60])
        ]
        (cache / f"{hour:02d}h_ticks.bi5").write_bytes(bi5(records(rows)))
    more = [{"source": "files", "path": str(tmp_path / "b.csv"), "time_unit": "ms"}]
    project.run("EURUSD", source="dukascopy", cache=str(tmp_path / "hours"), more=more)
    (pair,) = project.health()["pairs"]
    assert pair["shift_hours"] == 1.0
    (text,) = pair["findings"]
    assert text.startswith("dukascopy clock: +1 h on all times give a correlation of ")
    more[0]["path"] = str(tmp_path / "a.csv")
    project.run("EURUSD", source="dukascopy", cache=str(tmp_path / "hours"), more=more)
    assert project.health()["pairs"][0]["findings"] == []


def test_all_of_a_folder_of_a_venues_files_needs_no_network(project, cache):
    """Hours without a file between the first and the last count as closed."""
    (cache / "EURUSD/2019/01/04/13h_ticks.bi5").unlink()
    (cache / "EURUSD/2019/01/04/14h_ticks.bi5").rename(cache / "EURUSD/2019/01/04/16h_ticks.bi5")
    manifest = project.run("EURUSD", source="dukascopy", cache=str(cache), endpoint="http://127.0.0.1:9")
    (feed,) = manifest["feeds"]
    assert feed["n_rows"] == 6
    assert feed["rules"]["closed_pieces"] == 3
    assert list(feed["files"][0]["origins"]) == [f"EURUSD/2019/01/04/{hour}h_ticks.bi5" for hour in ("12", "16")]


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_folder_that_cannot_be_written_gives_the_same(project, cache, monkeypatch, number):
    project.run("EURUSD", source="dukascopy", cache=str(cache))
    before = project.outputs()
    for name in (".receipts", ".decoded"):
        shutil.rmtree(cache / name)

    def refused(*_):
        raise OSError(number, "refused")

    monkeypatch.setattr(disk, "move", refused)
    project.run("EURUSD", source="dukascopy", cache=str(cache))
    assert project.outputs() == before
    assert not [path for name in (".receipts", ".decoded") for path in (cache / name).rglob("*") if path.is_file()]


def test_the_real_hours_of_two_days(project, shared):
    """README: 266,219 ticks; here counted anew, 20 bytes each."""
    hours = sorted((shared / "dukascopy/EURUSD").rglob("*h_ticks.bi5"))
    n_ticks = sum(len(lzma.decompress(hour.read_bytes())) // 20 for hour in hours)
    Path("hours").mkdir()
    Path("hours/EURUSD").symlink_to((shared / "dukascopy/EURUSD").resolve())
    (feed,) = project.run("EURUSD", source="dukascopy", cache="hours")["feeds"]
    assert feed["n_rows"] == n_ticks == 266_219
    assert feed["rules"]["rows_in"] == n_ticks


def test_the_dirty_minutes_of_bitmex_come_through_the_rules(project, shared):
    """README: 150,960 rows, 272 without a close, many twice and out of order, opens outside the range; counted anew."""
    path = shared / "bitmex" / "XBTUSD_1m_2015.parquet"
    said = [tuple(row.values()) for row in pq.read_table(path).to_pylist()]
    whole = [row for row in said if row[5] is not None]
    minutes = {row[0]: row for row in whole}
    assert {*minutes.values()} == {*whole}
    outside = sum(
        not (low <= opened <= high and low <= closed <= high)
        for opened, high, low, closed in (row[2:6] for row in minutes.values())
    )
    rules = {"missing_values": "drop", "duplicate_rows": "drop", "unsorted_times": "sort", "ohlc_order": "keep"}
    (feed,) = project.run("XBTUSD", source="files", path=str(path), rules=rules)["feeds"]
    counts = feed["rules"]
    assert counts["rows_in"] == len(said) == 150_960
    assert counts["missing_values_dropped"] == len(said) - len(whole) == 272
    assert counts["duplicate_rows_dropped"] == len(whole) - len(minutes) == 10_346
    assert counts["ohlc_order_flagged"] == outside == 35_189
    assert counts["rows_out"] == feed["n_rows"] == len(minutes) == 140_342
    frames = [read_table(project.folder / "data" / file["file"], OHLCV) for file in feed["files"]]
    written = pl.concat(frames)
    opened = [datetime.fromtimestamp(at / 1e9, UTC).replace(tzinfo=None) for at in written["opened_at"].to_physical()]
    assert opened == sorted(minutes)
    assert written["close"].to_list() == [minutes[at][5] for at in opened]
    assert int(written.select(flagged(Flag.RANGE).sum()).item()) == outside
