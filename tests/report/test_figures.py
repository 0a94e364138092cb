"""Figures: what thinning keeps, and what cannot be seen in the drawing."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.report import theme
from assay.report.figures import gallery
from assay.report.figures.canvas import draw
from assay.report.figures.curves import rounded, spaced, thin
from assay.report.figures.fan import fan_figure
from assay.report.params import ReportParams
from assay.report.summarize import summarize


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=400), st.integers(100, 200))
@settings(deadline=None, max_examples=100)
def test_law_thinning_keeps_ends_and_extremes(values, max_points):
    series = np.array(values, dtype=np.float64)
    kept = thin(series, max_points)
    assert kept.size <= max(max_points, 1)
    assert (np.diff(kept) > 0).all()
    assert (kept[0], kept[-1]) == (0, series.size - 1)
    assert series[kept].max() == series.max()
    assert series[kept].min() == series.min()


def test_a_single_spike_in_a_million_points_is_drawn():
    series = np.zeros(1_000_000)
    series[654_321] = 1.0
    assert series[thin(series, 1000)].max() == 1.0


def test_even_spacing_has_both_ends():
    assert spaced(10, 4).tolist() == [0, 3, 6, 9]
    assert spaced(3, 4).tolist() == [0, 1, 2]


@pytest.mark.parametrize("nudge", [1 - 1e-15, 1 + 1e-15])
def test_the_last_bits_of_the_data_do_not_reach_the_drawing(full, nudge):
    columns = ["p05", "p25", "p50", "p75", "p95", "realised"]
    nudged = full.fan.with_columns(full.fan[name] * nudge for name in columns)
    assert not nudged.equals(full.fan)
    assert fan_figure(nudged, "USD") == fan_figure(full.fan, "USD")


def test_prices_on_a_grid_are_kept_as_they_are():
    assert rounded(np.array([12345.25, 1.103455, 1e-9 / 3])).tolist() == [12345.25, 1.103455, 3.333333333e-10]


def test_ids_are_numbered_and_belong_to_the_figure():
    svg = draw(1.0, lambda figure: figure.subplots().plot([0, 1], [0, 1], "o-"), "mine")
    ids = re.findall(r'id="([^"]*)"', svg)
    assert sorted(ids) == [f"mine-{index}" for index in range(len(ids))]
    assert set(re.findall(r'(?:url\(|href=")#([^")]*)', svg)) == set(ids)


def test_coordinates_have_two_decimals():
    svg = draw(1.0, lambda figure: figure.subplots().plot([0, 1 / 3], [0, 1 / 7]), "mine")
    assert not re.search(r"\.\d{3}", re.sub(r'viewBox="[^"]*"', "", svg))


def test_numbers_that_are_read_keep_their_decimals():
    svg = draw(1.0, lambda figure: figure.text(0.1, 0.5, "1.10345 and 2.50"), "mine")
    assert "1.10345 and 2.50" in svg


@pytest.mark.parametrize("themed", [theme.for_page, theme.for_print])
def test_no_stand_in_colour_is_left(themed, drawn):
    for svg in drawn.values():
        assert "#0a00" in svg
        assert "#0a00" not in themed(svg)


def test_a_figure_for_print_is_a_document_of_its_own(drawn):
    for svg in drawn.values():
        root = ET.fromstring(theme.for_print(svg))  # noqa: S314 - drawn by us
        assert root.tag == "{http://www.w3.org/2000/svg}svg"


def test_calibration_bars_count_what_overlapping_forecasts_are_worth(full, monkeypatch):
    given = {}
    monkeypatch.setattr(gallery, "calibration_figure", lambda *columns: given.update(worth=columns[2]) or "<svg/>")
    found = summarize(full, ReportParams())
    gallery.figures(full, found, 1000)
    assert given["worth"].tolist() == [group["n"] / 4 for group in found.calibration]


def relative_luminance(color):
    """WCAG 2.2, relative luminance of an sRGB colour."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("role", ["ink", "muted", "accent", "loss", "gain", "signals", "selected"])
@pytest.mark.parametrize("shade", ["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "card"])
def test_text_has_the_contrast_of_wcag_aa(role, shade, ground):
    above, below = sorted(
        (relative_luminance(getattr(theme.TONES[name], shade)) for name in (role, ground)), reverse=True
    )
    assert (above + 0.05) / (below + 0.05) >= 4.5
