"""Incremental fetches: what is added is asked for and decoded, nothing else; the bytes are those of a fetch anew."""

import errno
import json
import os
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

import assay
from assay.errors import StoreError
from assay.sources.months import decoded as decoded_months
from assay.sources.months.decoded import FOLDER
from tests.sources.feeds import ns
from tests.sources.project import decoded

START, MARCH, END = "2024-01-25", "2024-03-01", "2024-03-06"
FILES = [f"data/ticks/polygon/AAPL/2024-{month:02d}.parquet" for month in (1, 2, 3)]


@pytest.fixture
def fetch(project, bars):
    """Fetch hourly bars of AAPL; return the outputs."""

    def fetch(start=START, end=END, cache="cache", **data):
        project.run("AAPL", source="polygon", start=start, end=end, cache=cache, endpoint=bars.url, **data)
        return project.outputs()

    return fetch


def test_a_month_that_is_added_is_all_that_is_asked_and_decoded(fetch, bars):
    first = fetch(end=MARCH)
    asked, made = set(bars.paths()), decoded("cache")
    assert len(made) == 2
    more = fetch(end=END)
    later = bars.paths()[len(asked) :]
    assert not asked & set(later)
    assert all(int(path.split("/")[-2]) * 10**6 >= ns("2024-03-01") for path in later)
    assert len(decoded("cache") - made) == 1
    assert [name for name in more if name.endswith("parquet")] == FILES
    assert all(more[name] == first[name] for name in FILES[:2])
    assert more == fetch(cache="elsewhere")


def test_a_month_that_is_added_before_gives_the_same_too(fetch):
    fetch(start="2024-02-01")
    made = decoded("cache")
    assert fetch() == fetch(cache="elsewhere")
    assert len(decoded("cache") - made) == 1


def test_a_range_that_is_narrowed_takes_away_what_no_longer_belongs(fetch, bars):
    fetch()
    n_asked = len(bars.requests)
    narrow = fetch(start="2024-02-10", end=MARCH)
    assert len(bars.requests) == n_asked
    assert [name for name in narrow if name.endswith("parquet")] == FILES[1:2]
    assert narrow == fetch(start="2024-02-10", end=MARCH, cache="elsewhere")


def test_days_that_are_added_make_their_month_again(fetch, bars):
    fetch(end="2024-02-05")
    made, n_asked = decoded("cache"), len(bars.requests)
    assert fetch(end="2024-02-08") == fetch(end="2024-02-08", cache="elsewhere")
    assert len(decoded("cache") - made) == 1
    assert len(set(bars.paths()[n_asked:]) - set(bars.paths()[:n_asked])) == 1


@pytest.mark.parametrize(
    "change", [{"rules": {"outliers": "drop"}}, {"publish_lag_seconds": 60.0}, {"calendar": "24/7"}]
)
def test_a_rule_or_parameter_that_changes_decodes_again(fetch, bars, change):
    fetch()
    n_asked, made = len(bars.requests), decoded("cache")
    changed = fetch(**change)
    assert len(bars.requests) == n_asked
    assert len(decoded("cache") - made) == 3
    assert changed == fetch(cache="elsewhere", **change)


def test_another_place_or_address_decodes_nothing_again(fetch, bars):
    first = fetch()
    made = decoded("cache")
    Path("cache").rename("moved")
    assert fetch(cache="moved") == first
    assert decoded("moved") == made


def test_code_that_changes_decodes_again(fetch, monkeypatch):
    before = fetch()
    monkeypatch.setattr(decoded_months, "code", lambda: "another")
    assert fetch() == before
    assert len(list(Path("cache", FOLDER, "another").glob("*.json"))) == 3


@pytest.mark.parametrize("name", ["types.py", "errors.py", "sources/rules/laws.py", "tables/table.py"])
def test_the_name_of_the_code_covers_its_files(tmp_path, monkeypatch, name):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("1")
    monkeypatch.setattr(decoded_months, "_ROOT", tmp_path)
    named = decoded_months.code.__wrapped__()
    assert named == decoded_months.code.__wrapped__()
    path.write_text("2")
    assert named != decoded_months.code.__wrapped__()


def test_the_code_that_is_named_is_the_package():
    package = Path(assay.__file__).parent
    assert package == decoded_months._ROOT


def damaged(path, damage):
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2] if damage == "cut" else raw.replace(raw[60:61], b"~", 1))


@pytest.mark.parametrize("damage", ["cut", "changed"])
@pytest.mark.parametrize("end", ["parquet", "json"])
def test_a_damaged_decoded_month_is_made_again(fetch, bars, end, damage):
    before = fetch()
    n_asked = len(bars.requests)
    for path in Path("cache", FOLDER).rglob(f"*.{end}"):
        damaged(path, damage)
    assert fetch() == before
    assert len(bars.requests) == n_asked
    assert fetch() == before


def test_notes_that_were_changed_by_hand_are_not_believed(fetch):
    before = fetch()
    (path, *_) = sorted(Path("cache", FOLDER).rglob("*.json"))
    content = json.loads(path.read_text())
    content["notes"]["n_rows"] += 1
    path.write_text(json.dumps(content))
    assert fetch() == before


def test_with_a_key_nothing_plain_is_below_the_cache(fetch, bars, monkeypatch):
    plain = fetch(cache="plain")
    secret = [path for path in Path("plain").rglob("*") if path.is_file() and b"results" in path.read_bytes()]
    assert len(secret) == len(bars.requests)
    monkeypatch.setenv("ASSAY_CACHE_KEY", Fernet.generate_key().decode())
    assert fetch(cache="sealed") == plain
    for path in Path("sealed").rglob("*"):
        if path.is_file() and ".receipts" not in path.parts:
            assert path.read_bytes().startswith(b"\x00assay-fernet-1\n")
    assert not Path("sealed", FOLDER).exists()
    n_asked = len(bars.requests)
    assert fetch(cache="sealed") == plain
    assert len(bars.requests) == n_asked


def test_rows_of_windows_that_reach_into_two_months_are_counted_once(fetch, project):
    fetch()
    (feed,) = project.manifest()["feeds"]
    assert feed["rules"]["rows_in"] == 42 * 24
    assert feed["rules"]["rows_out"] == feed["n_rows"] == 41 * 24
    assert feed["rules"]["out_of_range_dropped"] == 24
    fetch(start="2024-01-25T05:00")
    assert project.manifest()["feeds"][0]["rules"]["out_of_range_dropped"] == 29


def test_a_disk_that_is_full_when_a_kept_month_is_put_in_place_is_told_of_that_month(fetch, monkeypatch):
    fetch()

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(decoded_months.shutil, "copyfile", full)
    with pytest.raises(StoreError, match=r"data/ticks/polygon/AAPL/2024-01\.parquet: must be writable; found No space"):
        fetch()
