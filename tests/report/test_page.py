"""The page: whole, self-contained, well-formed, safe, and the same bytes every time."""

import copy
import hashlib
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent
VOID = {"meta", "br", "link", "img", "hr", "input", "source", "wbr"}
OPTIONAL_WORDS = {
    "no trade": "no signal was worth its costs",
    "walkforward disabled": "walk-forward is switched off",
    "montecarlo disabled": "No path was drawn: switched off",
    "regimes disabled": "Both regime models are switched off",
    "one regime": "The micro model",
    "several feeds": "Further feeds",
}


class Checker(HTMLParser):
    """Follows the tags: every one is closed in order, ids are unique, nothing points outside."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.headings, self.labels = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [value for name, value in attrs if name in {"href", "src", "xlink:href", "srcset", "action"}]
        self.headings += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        if found.get("role") == "img":
            self.labels.append(found.get("aria-label"))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def checked(page):
    checker = Checker()
    checker.feed(page)
    checker.close()
    return checker


def test_it_is_well_formed(run):
    found = checked(run.page)
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))


def test_the_checker_sees_a_tag_left_open():
    with pytest.raises(AssertionError):
        checked("<div><p></div>")


def test_nothing_outside_the_page_is_asked_for(run):
    found = checked(run.page)
    assert all(link.startswith("#") for link in found.links)
    assert {link[1:] for link in found.links} <= set(found.ids)
    assert not re.search(r"https?:|//[a-z]|@import|@font-face|<script|javascript:", run.page)
    assert {target for target in re.findall(r"url\(([^)]*)\)", run.page) if not target.startswith("#")} == set()


def test_headings_do_not_skip_a_level_and_figures_have_words(run):
    found = checked(run.page)
    assert found.headings[0] == 1
    assert found.headings.count(1) == 1
    assert all(below - above <= 1 for above, below in zip(found.headings, found.headings[1:], strict=False))
    assert all(found.labels)
    assert run.page.count("<caption>") == run.page.count("<table")


def test_every_kind_of_run_says_what_is_missing(run):
    assert OPTIONAL_WORDS.get(run.kind, "Is there an edge after costs?") in run.page
    for title in ("Fold by fold", "Trades", "Forecasts", "Regimes", "Monte Carlo", "Parameters", "Lineage"):
        assert f">{title}</h2>" in run.page


def test_no_number_is_left_unwritten(run):
    assert not re.search(r"\b(nan|None|inf|undefined)\b", re.sub(r"<[^>]*>", " ", run.page))


def test_the_verdict_comes_before_everything_else(full_page):
    places = [
        full_page.index(f'id="{name}"')
        for name in ("verdict", "results", "folds", "trades", "data", "params", "lineage")
    ]
    assert places == sorted(places)


def test_resampling_is_not_sold_as_evidence(full_page):
    assert "Resampling says nothing about whether the mean is real." in full_page


def test_regimes_are_labelled_as_filtered(full_page):
    assert "Filtered probabilities, macro" in full_page
    assert "smoothed" not in full_page.lower()


def test_a_hostile_name_is_only_text(maker):
    hostile = '<script>alert("1")</script><img src=x onerror=y>'
    page = maker.page(maker.inputs(name=hostile, own={"note": hostile}))
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;") >= 3
    checked(page)


def test_it_stays_small(run):
    assert len(run.page.encode()) < 1_500_000


def test_it_stays_small_with_ten_years_of_many_feeds(maker):
    inputs = copy.deepcopy(maker.inputs(several=True))
    manifest, found = inputs.reports["manifest"], inputs.reports["health"]
    rows = np.random.default_rng(5).integers(0, 3, 3650).tolist()
    found["feeds"][1]["days"] = {"first": "2014-01-01", "n_rows": rows, "without_row": []}
    for listed in (manifest["feeds"], found["feeds"]):
        listed.extend(listed[1:] * 9)
    page = maker.page(inputs)
    assert len(page.encode()) < 1_500_000
    assert page.count("<summary>WALK quotes from other") == 10
    assert len(checked(page).ids) == len(set(checked(page).ids))


SCRIPT = """
import sys, hashlib
sys.path[:0] = [{root!r}, {here!r}]
import conftest
print(hashlib.sha256(conftest.page_of(conftest.make()).encode()).hexdigest())
"""


def test_the_same_bytes_again_and_in_another_process(full, full_page, maker, tmp_path):
    assert maker.page(full) == full_page
    (tmp_path / "matplotlibrc").write_text("font.size: 30\nlines.linewidth: 9\n")
    changed = {
        "PYTHONHASHSEED": "4711",
        "MATPLOTLIBRC": str(tmp_path),
        "OMP_NUM_THREADS": "2",
        "LC_ALL": "C",
        "TZ": "Asia/Tokyo",
    }
    script = SCRIPT.format(root=str(HERE.parents[1]), here=str(HERE))
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | changed, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == hashlib.sha256(full_page.encode()).hexdigest()
