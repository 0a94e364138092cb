"""Bars of many set-ups at once: the bars of the builder, bit for bit, where a GPU is or numba plays one."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from assay.bars import gpu
from assay.bars.builder import BarBuilder
from assay.bars.closing import CODES
from assay.bars.gpu import closed_bars_of_many, refuse_no_gpu
from assay.bars.state import numbers
from assay.bars.ticks import columns
from assay.errors import ComputeError
from assay.tables.table import TIME

ROOT = Path(__file__).resolve().parents[2]
THRESHOLDS = {"time": (1.0, 2.5, 1e6), "tick": (1.0, 7.0, 1e6), "volume": (0.5, 4.0, 1e6), "dollar": (5.0, 44.4, 1e9)}
LEARNED = (3.0, 8.0, 1e6)


def history(n):
    """Return trades and quotes as frames, and session days with breaks and ticks outside."""
    generator = np.random.default_rng(5)
    time = pl.Series(np.cumsum(generator.integers(0, 10**9, n))).cast(TIME)
    price = 10 + generator.standard_normal(n).cumsum() / 7
    side, flags = generator.integers(-1, 2, n).astype(np.int8), np.zeros(n, np.uint16)
    trades = {"time": time, "price": price, "size": generator.random(n), "side": side, "flags": flags}
    sizes = {name: np.floor(4 * generator.random(n)) for name in ("bid_size", "ask_size")}
    quotes = {"time": time, "bid": price - 0.1 * generator.random(n), "ask": price + 0.1, **sizes, "flags": flags}
    days = np.where(generator.random(n) < 0.05, -1, np.arange(n) // (n // 3 + 1))
    return pl.DataFrame(trades), pl.DataFrame(quotes), days


def arrays(prices):
    """Return the columns of a frame by their names."""
    return {name: prices[name].to_physical().to_numpy() for name in prices.columns if name != "flags"}


def bits(bars):
    """Return bars as whole numbers, with one NaN for all."""
    whole, real = numbers(bars)
    one_nan = np.where(np.isnan(real), np.float64(np.nan), real).view(np.int64)
    return np.concatenate([whole, one_nan], axis=1).tolist()


def built(prices, kind, thresholds, days):
    return [BarBuilder(kind, one).push(columns(prices), days) for one in thresholds]


def made(n, way, kinds=CODES):
    """Return the bits of the bars of every kind, of trades and of quotes, by kind and set-up."""
    *both, days = history(n)
    found = {}
    for kind in kinds:
        thresholds = THRESHOLDS.get(kind, LEARNED)
        for given, prices in zip(("trades", "quotes"), both, strict=True):
            bars = way(prices, kind, thresholds, days)
            found |= {f"{kind} {given} {one}": bits(part) for one, part in zip(thresholds, bars, strict=True)}
    return found


def on_any(prices, *rest):
    return closed_bars_of_many(arrays(prices), *rest)


def processed(body, env=None):
    command = [sys.executable, "-c", body]
    return subprocess.run(command, check=False, cwd=ROOT, env=env, capture_output=True, text=True)


def simulated(body):
    """Run lines in a process where numba plays a GPU, by plain Python, and return what they print."""
    start = "from tests.bars.test_gpu import *\n"
    done = processed(start + body, {**os.environ, "NUMBA_ENABLE_CUDASIM": "1", "NUMBA_DISABLE_JIT": "1"})
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(("n", "kinds", "fewest"), [(1, {"tick", "volume", "dollar"}, 3), (150, set(CODES), 1_000)])
def test_a_simulated_gpu_makes_the_bars_of_the_builder_bit_for_bit(n, kinds, fewest):
    body = f"import json\nfound = made({n}, on_any)\nassert found == made({n}, built)\nprint(json.dumps(found))"
    found = json.loads(simulated(body))
    compiled = made(n, built, ["dollar"])
    assert {name: found[name] for name in compiled} == compiled
    assert {name.split()[0] for name, bars in found.items() if bars} == kinds
    assert sum(map(len, found.values())) >= fewest


def test_a_simulated_gpu_refuses_what_the_builder_refuses():
    body = """
from assay.errors import DataError
trades, quotes, days = history(20)
wrong = arrays(trades)
changes = (
    {"price": np.full(20, np.nan)},
    {"size": wrong["size"].astype(np.float32)},
    {"size": wrong["size"][1:]},
    {"time": wrong["time"][::-1].copy()},
)
for change in changes:
    with pytest.raises(DataError) as told:
        closed_bars_of_many(wrong | change, "tick", [3.0, 1e6], days)
    print(told.value.rule.replace(" ", "_"))
for wrong_days in (days[::-1].copy(), days + 0.9):
    with pytest.raises(DataError) as told:
        closed_bars_of_many(wrong, "tick", [3.0], wrong_days)
    with pytest.raises(DataError) as by_builder:
        BarBuilder("tick", 3.0).push(columns(trades), wrong_days)
    assert str(told.value) == str(by_builder.value)
    print(told.value.rule.replace(" ", "_"))
for prices, thresholds in ((arrays(trades), [3.0, 0.0]), (arrays(trades), []), ({"open": wrong["price"]}, [3.0])):
    with pytest.raises(DataError) as told:
        closed_bars_of_many(prices, "tick", thresholds, days)
    print(told.value.rule.replace(" ", "_"))
"""
    assert [rule.replace("_", " ") for rule in simulated(body).split()] == [
        "prices and sizes are finite numbers",
        "must be of type <f8, a value for each session day, without gaps",
        "must be of type <f8, a value for each session day, without gaps",
        "ticks and rows come in order of time",
        "session days never fall",
        "session days are signed whole numbers",
        "threshold must be positive",
        "needs a threshold for each set-up",
        "bars on a GPU are made of quotes or trades",
    ]


def test_a_simulated_gpu_takes_times_as_whole_numbers_or_as_nanoseconds_of_a_date():
    body = """
trades, quotes, days = history(40)
for prices in (trades, quotes):
    given = arrays(prices)
    times = given["time"].view("M8[ns]")
    expected = bits(BarBuilder("time", 2.5).push(columns(prices), days))
    for time in (given["time"], times):
        (bars,) = closed_bars_of_many(given | {"time": time}, "time", [2.5], days)
        assert bits(bars) == expected
        print(len(bars))
    with pytest.raises(gpu.DataError) as told:
        closed_bars_of_many(given | {"time": times.astype("M8[us]")}, "time", [2.5], days)
    assert "must be of type <i8" in str(told.value)
"""
    assert all(int(n) > 5 for n in simulated(body).split())


def test_without_a_gpu_one_line_says_so(monkeypatch):
    none = SimpleNamespace(is_available=lambda: False, gpus=())
    no_compiler = SimpleNamespace(is_available=lambda: True, gpus=())
    trades, _, days = history(3)
    for found in (none, no_compiler):
        monkeypatch.setattr(gpu, "cuda", found)
        with pytest.raises(ComputeError, match="needs a CUDA device, its driver and NVVM; found not all of them"):
            refuse_no_gpu()
        with pytest.raises(ComputeError, match=r"install numba-cuda.* or make the same bars by assay\.bars\.builder"):
            closed_bars_of_many(arrays(trades), "tick", [2.0], days)


def test_without_numba_s_cuda_one_line_says_so():
    body = """
import sys
sys.modules["numba.cuda"] = None
sys.argv = ["research"]
from assay.bars.gpu import refuse_no_gpu
from assay.compute.shell import run
run(refuse_no_gpu)
"""
    done = processed(body)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1:] == [
        (
            "research: assay.bars.gpu: needs the CUDA target of numba; found none; install numba-cuda[cu12] beside a "
            "CUDA device, or make the same bars by assay.bars.builder"
        )
    ]
    assert "Traceback" not in done.stderr


def test_no_module_of_a_stage_imports_it():
    body = "import sys\nfrom stages import bars\nprint('assay.bars.gpu' in sys.modules, 'numba.cuda' in sys.modules)"
    done = processed(body)
    assert done.stdout.split() == ["False", "False"]


@pytest.fixture
def device():
    """A GPU, or a skip that says what is then left open."""
    try:
        refuse_no_gpu()
    except ComputeError as error:
        pytest.skip(f"bars are compared on numba's simulator alone: {error}")


@pytest.mark.slow
def test_a_gpu_makes_the_bars_of_the_builder_bit_for_bit(device):
    assert made(20_000, on_any) == made(20_000, built)


def test_a_gpu_takes_times_that_lie_on_it_as_nanoseconds_of_a_date(device):
    trades, _, days = history(100)
    given = arrays(trades)
    there = gpu.cuda.to_device(given["time"].view("M8[ns]"))
    (bars,) = closed_bars_of_many(given | {"time": there}, "time", [2.5], days)
    assert bits(bars) == bits(BarBuilder("time", 2.5).push(columns(trades), days))
