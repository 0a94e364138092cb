"""The harness of the benchmarks: sides take turns on one input, must agree, and are compared by processor time."""

import json
import sys
from importlib import import_module
from pkgutil import iter_modules
from types import SimpleNamespace

import pytest

from bench import gpu, harness, summary, works
from bench.__main__ import PAGE, README, REPORT
from bench.harness import agreed, compared, rounds
from bench.summary import readme
from bench.table import machines, page, table

SIDE = """
import time

PACKAGES = ("numpy",)


def prepare(folder):
    return int((folder / "n").read_text())


def work(n):
    end = time.process_time() + {factor} * n
    while time.process_time() < end:
        pass
    return n


def answer(n):
    return {{"n": n + {wrong}, "half": n / 2}}
"""


@pytest.mark.parametrize("name", sorted(module.name for module in iter_modules(works.__path__)))
def test_every_side_of_a_work_has_its_script_and_every_goal_its_side(name):
    work = import_module(f"bench.works.{name}")
    assert next(iter(work.SIDES)) == harness.OURS
    assert all((harness.SIDES / f"{name}_{side}.py").is_file() for side in work.SIDES)
    assert set(work.GOALS) < set(work.SIDES)


def work_of(tmp_path, monkeypatch, wrong=0):
    monkeypatch.setattr(harness, "SIDES", tmp_path)
    (tmp_path / "spin_assay.py").write_text(SIDE.format(factor=0.001, wrong=0))
    (tmp_path / "spin_peer.py").write_text(SIDE.format(factor=0.004, wrong=wrong))
    return SimpleNamespace(
        __name__="bench.works.spin",
        SIDES={"assay": "", "peer": ""},
        make=lambda folder, n: (folder / "n").write_text(str(n)),
    )


def test_sides_are_compared_by_processor_time(tmp_path, monkeypatch):
    found = compared(work_of(tmp_path, monkeypatch), 100, 2)
    assert found["ratios"] == {"peer": pytest.approx(0.25, rel=0.1)}
    assert found["sides"]["peer"]["versions"].keys() == {"numpy"}


def test_a_side_that_needs_a_gpu_is_left_out_where_none_is(tmp_path, monkeypatch):
    work = work_of(tmp_path, monkeypatch)
    work.SIDES["peer"] = "cudf"
    monkeypatch.setattr(gpu, "DRIVER", "no such driver")
    found = compared(work, 10, 1)
    assert found["sides"].keys() == {"assay"}
    assert found["left_out"] == {"peer": "no GPU here"}
    told = {"name": "spin", "goals": {}, "growth_10x": 9.0, "most": 10, **found}
    *_, ours, left_out = table({"spin": told}).splitlines()
    assert left_out == "| spin | 10 | peer | no GPU here | | | |"
    assert left_out.count("|") == ours.count("|")


def test_a_side_on_a_gpu_is_compared_by_the_clock(tmp_path, monkeypatch):
    work = work_of(tmp_path, monkeypatch)
    work.SIDES["peer"] = "cudf"
    waits = "import time\nPACKAGES = ()\ndef prepare(folder):\n    return 0\ndef work(n):\n    time.sleep(0.4)\n"
    (tmp_path / "spin_peer.py").write_text(waits)
    monkeypatch.setattr(gpu, "n_gpus", lambda: 1)
    monkeypatch.setattr(harness, "python_of", lambda _: sys.executable)
    found = compared(work, 100, 2)
    ours, theirs = (found["sides"][name]["wall_s"] for name in ("assay", "peer"))
    assert theirs >= 0.4 > 4 * found["sides"]["peer"]["cpu_s"]
    assert found["ratios"]["peer"] == pytest.approx(ours / theirs, rel=1e-3)
    told = {"name": "spin", "goals": {}, "growth_10x": 9.0, "most": 10, **found}
    *_, left = table({"spin": told}).splitlines()
    assert f"| peer, by the clock | {theirs:.4g} |" in left


@pytest.mark.parametrize(("seconds", "n"), [(0.0, 2), (1e9, 10)])
def test_rounds_go_on_while_there_is_time_five_times_as_many_at_most(seconds, n):
    assert list(rounds(2, seconds)) == list(range(n))


def test_sides_that_do_not_agree_are_refused(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="n: peer says 101, assay 100"):
        compared(work_of(tmp_path, monkeypatch, wrong=1), 100, 1)


def test_numbers_agree_within_a_millionth():
    def side(name, value):
        return SimpleNamespace(name=name, runs=[{"answer": {"sum": value}}])

    agreed([side("assay", 1.0), side("peer", 1.0 + 1e-7)])
    with pytest.raises(ValueError, match="sum"):
        agreed([side("assay", 1.0), side("peer", 1.0 + 1e-5)])


def test_the_table_says_whether_a_goal_is_met():
    sides = {name: {"cpu_s": cpu, "added_mb": 1.0} for name, cpu in (("assay", 1.0), ("fast", 1.1), ("slow", 9.0))}
    ratios, goals = {"fast": 0.909, "slow": 0.111}, {"fast": 0.5, "slow": 0.5}
    work = {
        "name": "spin",
        "n": 10,
        "sides": sides,
        "ratios": ratios,
        "goals": goals,
        "growth_10x": 9.5,
        "most": 10_000,
    }
    _, _, ours, fast, slow = table({"spin": work}).splitlines()
    assert "9.5x time from 1,000 to 10,000" in ours
    assert "0.5: not met" in fast
    assert "0.5: met" in slow


def test_the_table_says_whether_a_limit_is_kept():
    side = {"cpu_s": 19.0, "added_mb": 1.0, "memory_of_output": 2.25}
    work = {
        "name": "spin",
        "n": 10,
        "sides": {"assay": side},
        "ratios": {},
        "goals": {},
        "growth_10x": 13.5,
        "most": 10,
    }
    limits = {"cpu_s": 20.0, "memory_of_output": 2.0}
    *_, ours, seconds, memory = table({"spin": work | {"limits": limits}}).splitlines()
    assert "13x or less: not met" in ours
    assert "| 19 | 20 or less: met |" in seconds
    assert "| 2.25 | 2 or less: not met |" in memory
    assert {line.count("|") for line in (ours, seconds, memory)} == {8}


def test_memory_is_measured_against_the_result(tmp_path, monkeypatch):
    work = work_of(tmp_path, monkeypatch)
    large = "PACKAGES = ()\ndef prepare(folder):\n    return 64\n"
    large += 'def work(n):\n    return b"x" * (n << 20)\ndef output_mb(result):\n    return len(result) / 2**20\n'
    (tmp_path / "spin_assay.py").write_text(large)
    found = compared(work, 64, 2)["sides"]
    assert 1.0 <= found["assay"]["memory_of_output"] < 1.5
    assert "memory_of_output" not in found["peer"]


def test_the_pages_hold_what_was_measured():
    kept = json.loads(REPORT.read_text())
    assert PAGE.read_text() == page(kept)
    assert README.read_text() == readme(README.read_text(), kept)


SPUN = {"assay": {"cpu_s": 0.02, "versions": {"numpy": "2"}}, "b": {"versions": {"b": "1"}}, "a": {"versions": {}}}
MEASURED = {"name": "spin", "n": 20_000, "sides": SPUN, "machine": {"cores": 2, "vectors": "avx2"}}
FAST, SLOW = MEASURED | {"ratios": {"b": 0.000555, "a": 0.0126}}, MEASURED | {"ratios": {"b": 1.25}}


def test_the_readme_has_a_table_of_times_as_fast_between_its_marks(monkeypatch):
    monkeypatch.setattr(summary, "SHOWN", ("fast", "slow"))
    text = f"before\n{summary.START}old\n{summary.END}after\n"
    made = readme(text, {"works": {"slow": SLOW, "fast": FAST, "other": {}}})
    _, _, _, _, fast, slow, _, measured, _, after = made.splitlines()
    assert measured == "Measured on: cores 2, vectors avx2. Versions: b 1, numpy 2."
    assert fast == "| spin | 20,000 | 0.02 | a 79, b 1,800 |"
    assert slow == "| spin | 20,000 | 0.02 | b 0.8 |"
    assert made.startswith("before\n")
    assert after == "after"
    assert "old" not in made


def test_works_measured_on_two_machines_name_both():
    works = {"a": FAST, "b": SLOW, "c": SLOW | {"machine": {"cores": 8, "vectors": "neon"}}}
    assert machines(works) == "cores 2, vectors avx2; cores 8, vectors neon"


def test_a_readme_without_marks_and_works_without_figures_are_refused(monkeypatch):
    monkeypatch.setattr(summary, "SHOWN", ("fast", "slow"))
    with pytest.raises(ValueError, match="python -m bench slow"):
        readme(summary.START + summary.END, {"works": {"fast": FAST}})
    for text in ("", summary.START, summary.END, 2 * (summary.START + summary.END)):
        with pytest.raises(ValueError, match="between one <!-- benchmarks -->"):
            readme(text, {"works": {"fast": FAST, "slow": SLOW}})
