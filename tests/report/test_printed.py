"""The printed summary: two pages, the same bytes every time, and nothing in a name is read as markup."""

import re
from typing import get_args

import pytest

from assay.report.figures.gallery import figures
from assay.report.params import ReportParams
from assay.report.printed import TONE_OF, pdf
from assay.report.summarize import summarize
from assay.report.verdict import Kind


def n_pages(document):
    return len(re.findall(rb"/Type\s*/Page\b", document))


def test_every_kind_of_run_fits_two_pages(run):
    found = summarize(run.inputs, ReportParams())
    document = pdf(found, figures(run.inputs, found, 100, "path"))
    assert document.startswith(b"%PDF-")
    assert n_pages(document) == 2


def test_the_same_bytes_again_and_no_clock(full, drawn, monkeypatch):
    found = summarize(full, ReportParams())
    once = pdf(found, drawn)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    assert pdf(found, drawn) == once
    assert b"/CreationDate" not in once


@pytest.mark.parametrize("name", ['#panic("read as markup")', '"); #eval("1', "*a* _b_ $c$ @d <e> \\"])
def test_a_hostile_name_is_only_text(maker, name):
    assert n_pages(pdf(summarize(maker.inputs(name=name), ReportParams()), {})) == 2


def test_every_verdict_has_a_colour():
    assert set(TONE_OF) == set(get_args(Kind))
