"""History that a venue rewrites, the open bar, and what the ``assay`` command does with the raw cache."""

import json
import subprocess
import sys
from itertools import count

import pytest

from assay.cli import main
from assay.market.instruments import InstrumentParams
from assay.sources.moments import nanoseconds
from assay.sources.params import DataParams
from assay.sources.run import pages
from assay.sources.run.manifest import deliver
from tests.sources.bars_server import Aggregates
from tests.sources.project import ROOT, command, decoded
from tests.sources.server import Server
from tests.sources.transport.conftest import line

RANGE = {"start": "2024-01-02", "end": "2024-01-09"}
AT_MS = nanoseconds("2024-01-04T10:00") // 10**6


@pytest.fixture
def wanted(bars):
    return {"source": "polygon", "endpoint": bars.url, "cache": "cache", **RANGE}


def test_a_revision_is_refused_shown_accepted_recorded_and_used(project, bars, wanted, capsys):
    before = project.run("AAPL", **wanted)["feeds"][0]
    bars.content.changed["AAPL", AT_MS] = 77.25
    assert project.run("AAPL", **wanted)["feeds"][0] == before
    status, _, said = command(capsys, "fetch", "--refresh")
    assert status == 1
    assert said.count("\n") == 1
    assert "a closed period must not change" in said
    assert "77.25" in said
    assert "--accept-revision" in said
    assert project.run("AAPL", **wanted)["feeds"][0] == before
    status, out, _ = command(capsys, "fetch", "--accept-revision")
    assert status == 0
    assert "polygon AAPL ohlcv: 3 files" in out
    after = project.run("AAPL", **wanted)["feeds"][0]
    assert after["files"][0]["sha256"] != before["files"][0]["sha256"]
    receipts = [json.loads(path.read_text()) for path in (project.folder / "cache/.receipts").rglob("*.json")]
    (revised,) = [receipt for receipt in receipts if receipt["revisions"]]
    assert revised["revisions"][0]["sha256"] in before["files"][0]["origins"].values()
    assert revised["sha256"] in after["files"][0]["origins"].values()


def lying(folder):
    """Return all files of the raw cache by their paths, bytes and receipts."""
    return {path: path.read_bytes() for path in (folder / "cache").rglob("*") if path.is_file()}


@pytest.mark.parametrize("option", ["--refresh", "--accept-revision"])
def test_answers_that_differ_in_the_id_of_the_request_only_change_nothing(
    project, bars, wanted, capsys, caplog, option
):
    bars.content.ids = map("{:032x}".format, count())
    project.run("AAPL", **wanted)
    before, n_asked = lying(project.folder), len(bars.requests)
    status, out, _ = command(capsys, "fetch", option)
    assert (status, len(bars.requests)) == (0, 2 * n_asked)
    assert out.startswith("polygon AAPL ohlcv: 3 files")
    assert lying(project.folder) == before
    assert "no longer served" not in caplog.text


def test_pruned_answers_come_back_whatever_the_id_of_the_request(project, bars, wanted, capsys):
    bars.content.ids = map("{:032x}".format, count())
    before = project.run("AAPL", **wanted)["feeds"][0]
    assert command(capsys, "cache", "prune", "--source", "polygon")[1].startswith("3 files removed")
    after = project.run("AAPL", **wanted)["feeds"][0]
    assert [file["sha256"] for file in after["files"]] == [file["sha256"] for file in before["files"]]
    assert after["files"][0]["origins"].keys() == before["files"][0]["origins"].keys()


def test_bytes_compared_as_served_would_be_refused_for_their_ids(project, bars, wanted, capsys, monkeypatch):
    bars.content.ids = map("{:032x}".format, count())
    project.run("AAPL", **wanted)
    monkeypatch.setattr(pages, "Marking", type("Nobody", (), {}))
    status, _, said = command(capsys, "fetch", "--refresh")
    assert status == 1
    assert "a closed period must not change" in said


def test_a_price_that_changes_is_shown_and_not_the_id_of_the_request(project, bars, wanted, capsys):
    bars.content.ids = map("{:032x}".format, count())
    project.run("AAPL", **wanted)
    before, bars.content.changed["AAPL", AT_MS] = lying(project.folder), 77.25
    status, _, said = command(capsys, "fetch", "--refresh")
    assert status == 1
    assert "a closed period must not change" in said
    assert '"c": 77.25' in said
    assert "request_id" not in said
    assert before.items() <= lying(project.folder).items()
    (aside,) = [path for path in (project.folder / "cache/.revisions").rglob("*") if path.is_file()]
    assert b"77.25" in aside.read_bytes()
    assert json.loads(aside.read_bytes())["request_id"] != "0" * 32


def at(now, project, server, cache="cache"):
    """Deliver hourly bars of 2024-01-02 to 2024-01-09 at a time; return manifest's entry and the bars' ends."""
    server.content.until_ms = nanoseconds(now) // 10**6
    params = DataParams(
        source="polygon", symbols=["AAPL"], endpoint=server.url, cache=str(project.folder / cache), **RANGE
    )
    folders = {name: project.folder / "data" / name for name in ("ticks", "context")}
    with line(environ={"POLYGON_API_KEY": "pk_test"}, now_ns=lambda: nanoseconds(now)) as transport:
        manifest, *_ = deliver(params, InstrumentParams(), folders, transport)
    return manifest["feeds"][0]


def test_the_open_bar_is_not_delivered_until_it_is_over(project, bars):
    """At 10:20 the venue serves the bar of 10:00 as it stands; it is known at 11:00."""
    early = at("2024-01-04T10:20", project, bars)
    assert early["rules"]["not_yet_known_dropped"] == 1
    assert early["last_at"].startswith("2024-01-04T09:00")
    late = at("2024-01-04T12:00", project, bars)
    assert late["rules"]["not_yet_known_dropped"] == 0
    assert late["last_at"].startswith("2024-01-04T11:00")
    done = at("2024-02-01", project, bars)
    assert done["rules"]["not_yet_known_dropped"] == 0
    assert done["n_rows"] == 7 * 24
    assert done == at("2024-03-01", project, bars, cache="anew")


def test_closed_pieces_keep_rows_that_are_published_late(project, bars):
    """Asked two hours after the period, with a publish lag of three: the answer has them, so they were known."""
    rows = []
    for cache, now in (("a", "2024-01-09T02:00"), ("b", "2024-06-01")):
        params = {
            "source": "polygon",
            "symbols": ["AAPL"],
            "endpoint": bars.url,
            **RANGE,
            "publish_lag_seconds": 10_800.0,
        }
        params = DataParams(**params, cache=str(project.folder / cache))
        folders = {name: project.folder / cache / name for name in ("ticks", "context")}
        with line(environ={"POLYGON_API_KEY": "pk_test"}, now_ns=lambda now=now: nanoseconds(now)) as transport:
            rows.append(deliver(params, InstrumentParams(), folders, transport))
    assert rows[0] == rows[1]


def test_fetch_fills_the_cache_so_that_the_stage_needs_no_network(project, bars, wanted, capsys):
    project.write("AAPL", **wanted)
    status, out, _ = command(capsys, "fetch")
    assert (status, out) == (0, f"polygon AAPL ohlcv: 3 files, {out.split()[5]} bytes, cache\n")
    n_asked = len(bars.requests)
    project.run("AAPL", transport={"offline": True}, **wanted)
    assert len(bars.requests) == n_asked == 3


def test_fetch_delivers_the_others_and_says_which_failed_with_status_3(project, capsys):
    with Server(Aggregates(unknown=("XX",))) as server:
        project.write(source="polygon", endpoint=server.url, cache="cache", symbols=["AAPL", "XX", "MSFT"], **RANGE)
        status, out, said = command(capsys, "fetch")
    assert status == 3
    assert [line.split()[1] for line in out.splitlines()] == ["AAPL", "MSFT"]
    assert "1 of 3 failed: polygon XX ohlcv" in said


def test_the_cache_is_listed_verified_and_pruned(project, bars, wanted, capsys):
    project.run("AAPL", **wanted)
    status, out, _ = command(capsys, "cache", "ls")
    assert status == 0
    assert out.startswith("polygon AAPL ohlcv: 3 files, ")
    assert "2023-12-31T00:00:00+00:00 to 2024-01-09T00:00:00+00:00" in out
    assert command(capsys, "cache", "verify")[:2] == (0, "3 files, 0 wrong\n")
    (damaged, *_) = sorted(path for path in (project.folder / "cache/v2").rglob("*.json"))
    damaged.write_bytes(b"{}")
    status, out, said = command(capsys, "cache", "verify")
    assert status == 1
    assert "3 files, 1 wrong" in out
    assert "bytes are those of their receipts" in said
    stale = project.folder / "cache/.decoded/0000/aa.json"
    stale.parent.mkdir()
    stale.write_text("{}")
    made = decoded("cache")
    status, out, _ = command(capsys, "cache", "prune")
    assert (status, out.splitlines()[-1]) == (0, "1 decoded months of other versions removed")
    assert decoded("cache") == made - {"aa"}
    status, out, _ = command(capsys, "cache", "prune", "--source", "polygon")
    assert out.startswith("3 files removed")
    n_asked = len(bars.requests)
    project.run("AAPL", **wanted)
    assert len(bars.requests) == n_asked + 3


def test_the_command_as_users_start_it(project):
    """``assay use`` and ``assay cache ls`` in processes of their own."""
    (project.folder / "params.yaml").write_bytes((ROOT / "params.yaml").read_bytes())
    call = [sys.executable, "-c", "import sys; from assay.cli import main; sys.exit(main())"]
    environ = {"PYTHONPATH": str(ROOT), "PATH": ""}
    run = subprocess.run([*call, "use"], capture_output=True, text=True, env=environ, check=True)
    assert "us_equities_hourly" in run.stdout
    run = subprocess.run([*call, "use", "nothing"], capture_output=True, text=True, env=environ, check=False)
    assert run.returncode == 1
    assert run.stderr.startswith("assay: ")
    assert run.stderr.count("\n") == 1


def test_an_unknown_command_is_status_2(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["frobnicate"])
    assert "COMMAND" in capsys.readouterr().err
