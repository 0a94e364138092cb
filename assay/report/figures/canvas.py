"""The drawing board: figures without global state, and SVG cleaned of everything that could differ."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from assay.report.theme import SENTINELS
from assay.report.words import compact

Letters: TypeAlias = Literal["none", "path"]
"""``none`` leaves text to the reader's font; ``path`` draws the letters, for print."""

WIDTH = 7.4
"""Width of a figure that fills its column, inches of the drawing; the page scales it."""

_STYLE: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": SENTINELS["line"],
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": SENTINELS["muted"],
    "axes.labelsize": 7.5,
    "axes.linewidth": 0.8,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": SENTINELS["ink"],
    "axes.titlelocation": "left",
    "axes.titlepad": 7.0,
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.unicode_minus": True,
    "figure.facecolor": "none",
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "grid.color": SENTINELS["line"],
    "grid.linewidth": 0.6,
    "legend.borderaxespad": 0.0,
    "legend.fontsize": 7.5,
    "legend.frameon": False,
    "legend.handlelength": 1.4,
    "legend.labelcolor": SENTINELS["ink"],
    "lines.linewidth": 1.2,
    "lines.solid_capstyle": "round",
    "path.simplify": False,
    "svg.hashsalt": "assay",
    "text.color": SENTINELS["ink"],
    "xtick.color": SENTINELS["muted"],
    "xtick.labelsize": 7.0,
    "xtick.major.size": 0.0,
    "ytick.color": SENTINELS["muted"],
    "ytick.labelsize": 7.0,
    "ytick.major.size": 0.0,
}
_METADATA = {"Date": None, "Creator": None, "Type": None, "Format": None}
_TAG = re.compile(r"<[^>]*>")
_NUMBER = re.compile(r"scale\([^)]*\)|-?\d+\.\d+")
_ID = re.compile(r'(?:\sid="|url\(#|href="#)([^")]+)')


def draw(
    height: float, paint: Callable[[Figure], None], name: str, letters: Letters = "none", width: float = WIDTH
) -> str:
    """Return a figure as SVG text to be placed inside a page.

    Parameters
    ----------
    height
        Height of the drawing, inches.
    paint
        Draws on the figure that it is given.
    name
        Prefix of every id inside the figure, unique on the page.
    letters
        Whether text stays text.
    width
        Width of the drawing, inches.

    Notes
    -----
    Coordinates are printed with two decimals of a point, after a first rounding to six that takes away ties, so the
    last bits of a processor's arithmetic do not show. Ids are numbered in order of appearance, because the library
    makes them of coordinates. A reader's own matplotlib settings are not used.
    """
    buffer = io.StringIO()
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update({**_STYLE, "svg.fonttype": letters})
        figure = Figure(figsize=(width, height), layout="constrained")
        paint(figure)
        figure.savefig(buffer, format="svg", metadata=_METADATA, transparent=True)
    return _clean(buffer.getvalue(), name)


def legend(axes: Axes, n_columns: int = 3) -> None:
    """Put the legend of an axes above it, to the right."""
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.01), ncols=n_columns, columnspacing=1.4, handletextpad=0.5)


def plain_numbers(axes: Axes, n_ticks: int = 5) -> None:
    """Label the vertical axis with few, plainly written numbers."""
    axes.yaxis.set_major_locator(MaxNLocator(n_ticks))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: compact(round(value, 9))))


def _clean(svg: str, name: str) -> str:
    """Return the drawing alone: no prolog, no namespaces, no font names, few decimals, ids of our own."""
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r'\sxmlns(:xlink)?="[^"]*"', "", svg).replace("xlink:href", "href")
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<svg width="[^"]*" height="[^"]*"', "<svg", svg, count=1)
    svg = re.sub(r"font-family: [^;\"]*;?\s*", "", svg)
    svg = _TAG.sub(lambda tag: _NUMBER.sub(_two_decimals, tag[0]), svg)
    svg = re.sub(r' transform="rotate\(-?0 [^"]*\)"', "", svg)
    return re.sub(r"\s*\n\s*", "\n", _numbered(svg, name))


def _two_decimals(found: re.Match[str]) -> str:
    """Return a coordinate with two decimals; the scales of letters are constants and stay."""
    return found[0] if found[0].startswith("scale") else f"{float(found[0]):.2f}".rstrip("0").rstrip(".")


def _numbered(svg: str, name: str) -> str:
    """Return the drawing with only the ids that are referred to, numbered by first appearance."""
    used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg))
    found = [found for found in dict.fromkeys(_ID.findall(svg)) if found in used]
    names = {old: f"{name}-{index}" for index, old in enumerate(found)}
    svg = re.sub(r'\sid="([^"]*)"', lambda m: f' id="{names[m[1]]}"' if m[1] in names else "", svg)
    return re.sub(r'(url\(#|href="#)([^")]+)', lambda m: m[1] + names[m[2]], svg)
