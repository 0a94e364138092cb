"""Inputs of the report from a random walk: real tables, and the reports that the stages' own functions make of them."""

from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from assay.backtest.curve import tested
from assay.backtest.params import BacktestParams
from assay.backtest.run import run as backtest
from assay.backtest.summary import summary
from assay.bars.health import health
from assay.bars.params import BarsParams
from assay.bars.tally import Tally
from assay.features.catalogue import schema
from assay.features.params import FeatureParams
from assay.labels.build import build
from assay.labels.params import EventParams, LabelParams, TripleBarrierParams
from assay.learn import scores
from assay.learn.walkforward import IMPORTANCE, report
from assay.market.calendars import calendar
from assay.market.costs import CostParams, resolve
from assay.market.instruments import Instrument
from assay.report.inputs import Inputs
from assay.report.params import ReportParams
from assay.simulate.fan import run as bootstrap
from assay.simulate.params import MonteCarloParams
from assay.sources.health import pair
from assay.sources.health.part import part
from assay.sources.health.report import merged
from assay.sources.rules import Checker
from assay.sources.rules.severity import RuleParams
from assay.tables.bars import BARS
from assay.tables.kinds import TABLES
from assay.tables.predictions import PREDICTIONS
from assay.tables.regimes import REGIMES

N_BARS, N_FOLDS, TICK = 900, 3, 0.25
INSTRUMENT = Instrument(symbol="WALK", kind="future", tick_size=TICK, multiplier=50.0, fee_per_lot=2.0)
LABELS = LabelParams(
    events=EventParams(method="every_bar"),
    triple_barrier=TripleBarrierParams(sizing="ticks", tp_ticks=8, sl_ticks=8, max_horizon_bars=30, min_horizon_bars=1),
)
MODEL = SimpleNamespace(
    card=SimpleNamespace(features=("rv_24", "macro_0", "log_return_1"), importance=(0.4, 0.2, 0.4)),
)


def bars_frame():
    """Bars of a walk of quarter points, fifty minutes apart, over one month."""
    generator = np.random.default_rng(7)
    close = 1600 + TICK * np.cumsum(generator.integers(-3, 4, N_BARS))
    opened = np.concatenate([[1600.0], close[:-1]])
    starts = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=50 * i) for i in range(N_BARS)]
    columns = dict.fromkeys(BARS.columns, 1.0) | {
        "symbol": ["WALK"] * N_BARS,
        "ordinal": np.arange(N_BARS),
        "session": [moment.date() for moment in starts],
        "opened_at": starts,
        "closed_at": [moment + timedelta(minutes=49) for moment in starts],
        "open": opened,
        "close": close,
        "high": np.maximum(opened, close) + TICK,
        "low": np.minimum(opened, close) - TICK,
        "n_ticks": 100,
        "n_buys": 50,
        "n_sells": 50,
        "sell_volume": 0.0,
        "partial": False,
    }
    return pl.DataFrame(columns).with_columns(pl.col(name).cast(c.dtype) for name, c in BARS.columns.items())


def predictions_frame(bars, labels, take):
    """Forecasts without skill, of the events of the last two thirds."""
    generator = np.random.default_rng(8)
    asked = labels.filter(pl.col("ordinal") >= N_BARS // 3)
    p_up = generator.uniform(0.3, 0.7, asked.height)
    side = np.where(p_up >= 0.5, 1, -1)
    gross = np.where(side > 0, asked["long_return"], asked["short_return"])
    columns = {name: asked[name] for name in ("symbol", "ordinal", "t0", "tp", "sl", "label")} | {
        "fold": np.arange(asked.height) * N_FOLDS // asked.height,
        "p_up": p_up,
        "side": side,
        "p_raw": np.maximum(p_up, 1 - p_up),
        "p_win": generator.uniform(0.45, 0.55, asked.height),
        "cut": 0.51,
        "win": gross > 0,
        "gross_return": gross,
    }
    frame = pl.DataFrame(columns).with_columns((pl.col("p_win") >= 0.51).alias("take") & take)
    return frame.select(pl.col(name).cast(c.dtype) for name, c in PREDICTIONS.columns.items())


def walkforward_report(predictions):
    """What the stage writes, less what needs fitted models."""
    if predictions.is_empty():
        return report([], [], {"holdout": 0})
    cost, weight = np.full(predictions.height, 2e-4), np.full(predictions.height, 0.25)
    parts = [predictions.filter(pl.col("fold") == number) for number in range(N_FOLDS)]
    moment = "2024-01-01T00:00:00.000000000Z"
    times = dict.fromkeys(("train_first", "train_last", "test_first", "test_last"), moment)
    given = {"n_train": 100, "n_purged": 5} | times
    folds = [
        {"fold": i} | given | scores.summary(part, cost[: part.height], weight[: part.height])
        for i, part in enumerate(parts)
    ]
    return {
        "enabled": True,
        "left_out": {"holdout": 90},
        "folds": folds,
        "overall": scores.summary(predictions, cost, weight),
        "calibration": scores.calibration(predictions).to_dicts(),
        "confusion": scores.confusions(predictions),
        "importance": {"measure": IMPORTANCE, "base": scores.importance([MODEL])},
    }


def regimes_frame(bars, scales):
    """Probabilities that rise and fall, unknown at first."""
    wave = (1 + np.sin(np.arange(N_BARS) / 40)) / 2
    wave[:20] = np.nan
    columns = {f"{scale}_{i}": p.astype(np.float32) for scale in scales for i, p in enumerate((wave, 1 - wave))}
    return bars.select(*REGIMES.columns).with_columns(pl.Series(name, values) for name, values in columns.items())


def hmm_report(scales):
    """A model of two states for every scale that is on."""
    model = {
        "n_states": 2,
        "observations": ["log_return_1", "rv_24"],
        "means": [[0.0, 1e-4], [0.0, 2e-4]],
        "standard_deviations": [[1e-4, 1e-5], [2e-4, 1e-5]],
        "expected_duration_bars": [20.0, None],
        "share_of_time": [0.5, 0.5],
    }
    return {scale: model if scale in scales else None for scale in ("macro", "micro")}


def ticks(kind):
    """Ticks of the walk, a minute apart, five days of them; the first repeats, and one price jumps and comes back."""
    n = 7000
    mid = 1600 + TICK * np.cumsum(np.random.default_rng(6).integers(-1, 2, n))
    mid[5000] += 500.0
    time = np.datetime64("2024-01-02T00:00", "ns").astype(np.int64) + 60_000_000_000 * np.arange(n)
    columns = dict.fromkeys(TABLES[kind].columns, 1.0) | {"time": time, "known_at": time, "symbol": "WALK"}
    columns |= {"price": mid, "bid": mid, "ask": mid + TICK, "side": 1, "flags": 0}
    frame = pl.DataFrame({name: columns[name] for name in TABLES[kind].columns})
    frame = frame.select(pl.col(name).cast(c.dtype) for name, c in TABLES[kind].columns.items())
    return pl.concat([frame.head(1), frame])


@cache
def fed(kind, source):
    """The receipt and the health of a feed, as the stage's own functions make them."""
    checker, open_hours = Checker(kind, RuleParams()), calendar("24/5", None, source)
    frame = pl.concat([checker.push(ticks(kind), "made"), checker.finish()])
    counts = dict(checker.counts, closed_files=3)
    named = {name: n for name, n in counts.items() if n and name not in ("rows_in", "rows_out")}
    health = merged([part(frame, kind, open_hours, TICK)], kind, open_hours, named, counts["rows_in"])
    told = {"n_rows": frame.height, "first_at": health["first"], "last_at": health["last"]}
    file = {"file": f"ticks/{source}/WALK/2024-01.parquet", "sha256": "ab" * 32, "origins": {source: "cd" * 32}} | told
    whose = {"source": source, "symbol": "WALK"}
    more = {"venue_symbol": "WALK", "kind": kind, "table": kind, "rules": counts, "files": [file]}
    return whose | more | told | {"found": {"zone": "UTC"}}, whose | health


def feeds_reports(several):
    """The manifest and the health of one feed, or of two of one symbol and a third that failed."""
    one = [fed("trades", "made"), *([fed("quotes", "other")] if several else [])]
    failed = [{"source": "third", "symbol": "WALK", "kind": "funding", "error": "no answer"}] if several else []
    found = pair.merged([pair.part(ticks("trades"), ticks("quotes"))])
    pairs = [{"symbol": "WALK", "left": "made", "right": "other", **found}] if several else []
    return {
        "manifest": {"feeds": [receipt for receipt, _ in one], "failed": failed},
        "health": {"feeds": [health for _, health in one], "pairs": pairs},
    }


def make(take=True, enabled=True, n_sims=50, scales=("macro", "micro"), name="walk", several=False, **more):
    """Return the inputs of a run; without ``take`` no signal is worth its costs, without ``enabled`` none is tested.

    There is one feed, or there are ``several``.
    """
    bars = bars_frame()
    labels, labels_report = build(bars, LABELS, INSTRUMENT)
    predictions = predictions_frame(bars, labels, take) if enabled else PREDICTIONS.empty()
    costs, settings = resolve(CostParams(), INSTRUMENT), BacktestParams()
    result = backtest(bars, predictions, settings, costs, INSTRUMENT, LABELS.triple_barrier)
    simulated = MonteCarloParams(enabled=n_sims > 0, n_sims=max(n_sims, 10))
    fan, montecarlo = bootstrap(result.trades, simulated, np.random.default_rng(9))
    health_params = BarsParams(types={"tick": 100}, main="tick")
    reports = {
        **feeds_reports(several),
        "bars": health({"tick": bars}, health_params, Tally(n_ticks=90_000, n_ticks_inside=90_000), TICK),
        "schema": schema(FeatureParams()),
        "labels": labels_report,
        "hmm": hmm_report(scales),
        "walkforward": walkforward_report(predictions),
        "backtest": summary(result, tested(result, predictions), settings.capital, INSTRUMENT),
        "montecarlo": montecarlo,
    }
    return Inputs(
        symbol="WALK",
        params={"name": name, "seed": 7, "labels": LABELS.model_dump(mode="json")} | more,
        bars=bars,
        regimes=regimes_frame(bars, scales),
        predictions=predictions,
        trades=result.trades,
        equity=result.equity,
        fan=fan,
        reports=reports,
        hashes={"data/manifest.json": "ef" * 32},
    )


def page_of(inputs, params=None):
    """Return the page of a run."""
    from assay.report.figures.gallery import figures
    from assay.report.render import render
    from assay.report.summarize import summarize

    params = params or ReportParams()
    found = summarize(inputs, params)
    return render(found, figures(inputs, found, params.max_points))


RUNS = {
    "full": {},
    "no trade": {"take": False},
    "walkforward disabled": {"enabled": False},
    "montecarlo disabled": {"n_sims": 0},
    "regimes disabled": {"scales": ()},
    "one regime": {"scales": ("micro",)},
    "several feeds": {"several": True},
}


@pytest.fixture(scope="session", params=RUNS, ids=RUNS.keys())
def run(request):
    """Every kind of run, with its page."""
    inputs = make(**RUNS[request.param])
    return SimpleNamespace(kind=request.param, inputs=inputs, page=page_of(inputs))


@pytest.fixture(scope="session")
def full():
    """A run with everything in it."""
    return make()


@pytest.fixture(scope="session")
def full_page(full):
    """Its page."""
    return page_of(full)


@pytest.fixture(scope="session", params=["none", "path"])
def drawn(request, full):
    """Its figures, with text as text and as paths."""
    from assay.report.figures.gallery import figures
    from assay.report.summarize import summarize

    return figures(full, summarize(full, ReportParams()), 1000, request.param)


@pytest.fixture(scope="session")
def maker():
    """What makes inputs and pages."""
    return SimpleNamespace(inputs=make, page=page_of)
