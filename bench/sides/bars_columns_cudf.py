"""cuDF: groups of rows by their number, on a GPU; the bars come back to the processor's memory."""

import cudf
import cupy
from bars_input import N_TICKS, read

PACKAGES = ("cudf-cu12", "cupy-cuda12x")
SUMS = ("n_buys", "n_sells", "buy_volume", "sell_volume", "value", "step")


def prepare(folder):
    trades = cudf.DataFrame(read(folder))
    work(trades)
    return trades


def work(trades):
    row = cupy.arange(len(trades))
    price, size, side = trades["price"], trades["size"], trades["side"]
    bought, sold = (side > 0).astype("int64"), (side < 0).astype("int64")
    step = price.diff().abs().where(cudf.Series(row % N_TICKS > 0), 0.0)
    more = {"n_buys": bought, "n_sells": sold, "buy_volume": size * bought, "sell_volume": size * sold}
    rows = trades.assign(bar=row // N_TICKS, **more, value=price * size, step=step)
    bars = rows.groupby("bar", sort=True)
    price, size, sums = bars["price"], bars["size"], bars[list(SUMS)].sum()
    made = {"open": price.first(), "high": price.max(), "low": price.min(), "close": price.last()}
    made |= {"volume": size.sum(), "largest": size.max(), "n_ticks": size.count()}
    made |= {"opened_at": bars["time_ns"].first(), "closed_at": bars["time_ns"].last()}
    made = cudf.DataFrame(made).join(sums.rename(columns={"step": "path"}))
    return made.assign(vwap=made["value"] / made["volume"]).to_pandas()


def answer(bars):
    return {name: float(bars[name].sum()) for name in bars.columns if name not in ("opened_at", "closed_at")}
