"""All results to one page that a trader reads in two minutes, and the numbers that compare experiments."""

from __future__ import annotations

from pathlib import Path

from assay import params, store
from assay.bars.params import BarsParams
from assay.compute.shell import run
from assay.market.instruments import InstrumentParams
from assay.report.figures.gallery import figures
from assay.report.headline import headline
from assay.report.inputs import REPORTS, Inputs, checked, tables
from assay.report.params import ReportParams
from assay.report.printed import pdf
from assay.report.render import render
from assay.report.summarize import summarize


def main() -> None:
    symbol = params.load_field("instrument", InstrumentParams, "symbol")
    settings = params.load("report", ReportParams)
    chosen = {name: block for name, block in params.read().items() if name != "compute"}
    places = tables(params.load_field("bars", BarsParams, "main"), symbol)
    paths = sorted([*(path for path, _ in places.values()), *REPORTS.values()])
    inputs = Inputs(
        symbol=symbol,
        params=chosen,
        reports={name: checked(name, store.read_json(path)) for name, path in REPORTS.items()},
        hashes={path.as_posix(): store.sha256(path) for path in paths},
        **{name: store.read_table(path, table) for name, (path, table) in places.items()},
    )
    summary = summarize(inputs, settings)
    page = render(summary, figures(inputs, summary, settings.max_points))
    printed = pdf(summary, figures(inputs, summary, settings.max_points, "path"))
    with store.writing() as beside:
        store.write_bytes(beside(Path("reports/report.html")), page.encode())
        store.write_bytes(beside(Path("reports/report.pdf")), printed)
        store.write_json(beside(Path("reports/metrics.json")), headline(summary))


if __name__ == "__main__":
    run(main)
