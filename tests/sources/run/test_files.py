"""Files of the user's through the whole stage: columns that know the future, months, and folders of a venue's files."""

import errno
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from assay.errors import DataError
from assay.sources.transport import disk
from assay.store import read_table
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


def test_the_real_hours_of_three_days(project, shared):
    Path("hours").mkdir()
    Path("hours/EURUSD").symlink_to((shared / "dukascopy/EURUSD").resolve())
    (feed,) = project.run("EURUSD", source="dukascopy", cache="hours")["feeds"]
    assert feed["n_rows"] > 100_000
