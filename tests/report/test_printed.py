"""The printed summary: three pages, the same bytes every time, and nothing in a name is read as markup."""

import copy
import re
from typing import get_args

import numpy as np
import pytest

from assay.report.figures.gallery import figures
from assay.report.health import RULES
from assay.report.params import ReportParams
from assay.report.printed import TONE_OF, pdf
from assay.report.summarize import summarize
from assay.report.verdict import Kind


def n_pages(document):
    return len(re.findall(rb"/Type\s*/Page\b", document))


def test_every_kind_of_run_fits_three_pages(run):
    found = summarize(run.inputs, ReportParams())
    document = pdf(found, figures(run.inputs, found, 100, "path"))
    assert document.startswith(b"%PDF-")
    assert n_pages(document) == 3


def test_the_same_bytes_again_and_no_clock(full, drawn, monkeypatch):
    found = summarize(full, ReportParams())
    once = pdf(found, drawn)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    assert pdf(found, drawn) == once
    assert b"/CreationDate" not in once


@pytest.mark.parametrize("name", ['#panic("read as markup")', '"); #eval("1', "*a* _b_ $c$ @d <e> \\"])
def test_a_hostile_name_is_only_text(maker, name):
    assert n_pages(pdf(summarize(maker.inputs(name=name), ReportParams()), {})) == 3


def test_ten_years_and_many_long_findings_fit_three_pages(maker):
    inputs = copy.deepcopy(maker.inputs(several=True))
    feed, receipt = inputs.reports["health"]["feeds"][0], inputs.reports["manifest"]["feeds"][0]
    feed["findings"] = ["something is wrong with this " * 40] * 30
    rows = np.random.default_rng(5).integers(0, 3, 3650).tolist()
    feed["days"] = {"first": "2014-01-01", "n_rows": rows, "without_row": ["2015-02-03", "2023-12-29"]}
    feed["spread_by_hour"] = {"unit": "ticks", "median": [1.0] * 24}
    receipt["rules"] |= {f"{rule}_dropped": 7 for rule in RULES}
    found = summarize(inputs, ReportParams())
    assert n_pages(pdf(found, figures(inputs, found, 100, "path"))) == 3


def test_every_verdict_has_a_colour():
    assert set(TONE_OF) == set(get_args(Kind))
