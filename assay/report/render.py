"""From numbers and figures to one page that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined, UndefinedError
from markupsafe import Markup

from assay.errors import DataError
from assay.report import theme, tree, verdict, words
from assay.report.summarize import Summary
from assay.tables.document import REMEDY


def render(summary: Summary, figures: Mapping[str, str]) -> str:
    """Return the report as one HTML page: styles and figures inside, no script, nothing from a network.

    Parameters
    ----------
    summary
        All numbers and words; text in it is escaped.
    figures
        SVG by name, in colours that stand for roles; a section whose figure is missing says why.

    Raises
    ------
    DataError
        If a stage's report lacks what the page shows.
    """
    page = _environment().get_template("page.html")
    drawn = {name: Markup(theme.for_page(svg)) for name, svg in figures.items()}  # noqa: S704 - drawn by us, not read
    light, dark = (theme.css_variables(dark=is_dark) for is_dark in (False, True))
    try:
        return page.render(s=summary, figures=drawn, light=light, dark=dark)
    except UndefinedError as error:
        raise DataError("the stages' reports", "must have what the page shows", error, REMEDY) from None


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("assay.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = (
        "fixed",
        "signed",
        "count",
        "bps",
        "percent",
        "compact",
        "instant",
        "plain",
        "plural",
        "stamp",
        "share",
        "duration",
    )
    environment.filters |= {name: getattr(words, name) for name in names}
    environment.filters |= {"rows": tree.rows, "trials": verdict.trials}
    return environment
