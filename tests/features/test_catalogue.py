from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from assay.errors import DataError, ParamsError
from assay.features import catalogue as catalogue_module
from assay.features.build import build
from assay.features.catalogue import catalogue, kinds, schema, slower
from assay.features.groups import SLOWER
from assay.features.params import FeatureParams
from assay.features.params.trading import FlowParams
from assay.tables.features import FEATURES

from .conftest import EVERY

PARAMS = FeatureParams()
ENTRIES = catalogue(PARAMS)
GROUPS = ("returns", "volatility", "statistics", "technical", "flow", "spread", "time")


def with_params(**blocks):
    return FeatureParams.model_validate(blocks)


def test_every_feature_says_what_it_is():
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES)
    for entry in ENTRIES:
        assert entry.name.isidentifier()
        assert entry.group in GROUPS
        assert entry.unit
        assert entry.reference
        assert entry.definition
        assert "\n" not in entry.definition
        assert entry.lookback > entry.first_valid >= 0


def test_what_other_stages_and_later_work_call_by_name_is_there():
    names = {entry.name for entry in ENTRIES}
    assert names >= {"log_return_1", "log_return_120", "rv_24", "rv_120", "rsi_14", "natr", "willr", "macd_norm"}
    assert names >= {"price_acceleration", "high_low_pct", "open_close_pct", "bb_position", "bb_squeeze"}
    assert names >= {"close_to_sma_24", "close_to_sma_120", "sma_cross_24_120", "vol_ratio_24_120"}
    assert names >= {"hour_sin", "hour_cos", "dow_sin", "dow_cos"}
    assert 60 <= len(names) <= 80


def test_the_first_valid_row_is_the_declared_one(quotes, instrument, hours):
    built = build(quotes, PARAMS, instrument, hours)
    for entry in ENTRIES:
        values = built[entry.name].to_numpy()
        assert np.isnan(values[: entry.first_valid]).all(), entry.name
        assert np.isfinite(values[entry.first_valid :]).all(), entry.name


def test_the_frame_keeps_the_contract_of_its_table(quotes, instrument, hours):
    built = FEATURES.check(build(quotes, PARAMS, instrument, hours), "features")
    assert built.columns[3:] == [entry.name for entry in ENTRIES]
    assert built.select("symbol", "ordinal", "closed_at").equals(quotes.select("symbol", "ordinal", "closed_at"))


def test_trades_have_no_spread_and_the_schema_says_why(trades, instrument, hours):
    built = build(trades, PARAMS, instrument, hours)
    missing = {entry["name"] for entry in schema(PARAMS)["features"]} - set(built.columns)
    needs = {entry["name"]: entry["needs"] for entry in schema(PARAMS)["features"]}
    assert missing == {
        name for name, columns in needs.items() if set(columns) & {"spread_mean", "imbalance", "order_flow"}
    }
    assert len(missing) == 5


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_is_switched_off_alone(group):
    left = {entry.group for entry in catalogue(with_params(**{group: {"enabled": False}}))}
    assert left == set(GROUPS) - {group}


def test_windows_and_exclusions_come_from_params():
    names = [e.name for e in catalogue(with_params(returns={"windows": [3]}, exclude=["rsi_14"]))]
    assert names[0] == "log_return_3"
    assert "log_return_1" not in names
    assert "rsi_14" not in names


def test_an_unknown_exclusion_is_refused_with_the_nearest_name():
    with pytest.raises(ParamsError, match=r"rsi_15.*did you mean rsi_14"):
        catalogue(with_params(exclude=["rsi_15"]))


def test_a_window_given_twice_is_refused():
    with pytest.raises(ParamsError, match="rv_24 twice"):
        catalogue(with_params(volatility={"windows": [24, 50, 24]}))


def test_no_feature_at_all_is_refused():
    with pytest.raises(ParamsError, match="at least one feature"):
        catalogue(with_params(**{group: {"enabled": False} for group in GROUPS}))


SLOW = {"slower": ["time"]}


@pytest.mark.parametrize(
    ("blocks", "remedy"),
    [
        ({group: {"enabled": False} for group in GROUPS}, "switch a group on"),
        ({"only": ["rsi_14"], "exclude": ["rsi_14"]}, "take one out of features.exclude"),
        ({"exclude": [entry.name for entry in ENTRIES]}, "take one out of features.exclude"),
        ({"only": ["time_rsi_14"], **SLOW}, "name one that is not of slower bars in features.only"),
    ],
    ids=["no group", "only and exclude", "all excluded", "slower alone"],
)
def test_the_remedy_names_what_left_nothing(blocks, remedy):
    with pytest.raises(ParamsError) as told:
        catalogue(with_params(**blocks))
    assert str(told.value) == f"features: must leave at least one feature; found none; {remedy}"


def test_a_slower_type_of_which_nothing_is_kept_is_left_out():
    assert slower(with_params(only=["rsi_14"], **SLOW)) == {}
    assert slower(with_params(exclude=[entry.name for entry in slower(with_params(**SLOW))["time"]], **SLOW)) == {}
    two = slower(with_params(only=["rsi_14", "tick_rsi_14"], slower=["time", "tick"]))
    assert {kind: [entry.name for entry in found] for kind, found in two.items()} == {"tick": ["tick_rsi_14"]}
    rule = "features.slower: must have features of its bars; found none; switch on one of returns, "
    with pytest.raises(ParamsError, match=rule):
        slower(with_params(**{group: {"enabled": False} for group in SLOWER}, **SLOW))


def test_a_schema_does_not_go_by_how_what_is_kept_is_written():
    kept = schema(with_params(only=["natr", "rsi_14"]))
    assert schema(with_params(only=["rsi_14", "natr"])) == kept
    assert schema(with_params(only=["rsi_14", "natr"], exclude=["cci"])) == kept
    assert schema(with_params(only=["rsi_14", "cci", "natr"], exclude=["cci"])) == kept
    assert schema(with_params(only=["rsi_14"])) != kept
    out = schema(with_params(exclude=["natr", "rsi_14"]))
    assert schema(with_params(exclude=["rsi_14", "natr"])) == out
    assert schema(with_params(exclude=["rsi_14"])) != out


def test_windows_of_the_flow_must_rise():
    with pytest.raises(ValueError, match="short_window must be below long_window"):
        FlowParams(short_window=50, long_window=50)


def test_the_schema_is_plain_json_and_its_hash_covers_params_and_definitions(monkeypatch):
    first = schema(PARAMS)
    assert json.loads(json.dumps(first, allow_nan=False)) == first
    assert first["version"] == catalogue_module.VERSION
    assert len(first["hash"]) == 64
    assert schema(FeatureParams())["hash"] == first["hash"]
    assert schema(with_params(exclude=["natr"]))["hash"] != first["hash"]
    described = ENTRIES[0].describe()
    monkeypatch.setattr(type(ENTRIES[0]), "describe", lambda self: {**described, "definition": "another"})
    assert schema(PARAMS)["hash"] != first["hash"]


def test_one_bar_has_only_what_one_bar_decides(quotes, instrument, hours):
    built = build(quotes[:1], PARAMS, instrument, hours)
    known = {entry.name for entry in ENTRIES if not np.isnan(built[entry.name][0])}
    assert known == {entry.name for entry in ENTRIES if entry.lookback == 1}


def test_no_bar_is_refused(quotes, instrument, hours):
    with pytest.raises(DataError, match="at least one bar"):
        build(quotes[:0], PARAMS, instrument, hours)


def test_prices_of_another_market_are_refused(quotes, instrument, hours):
    cents = quotes.with_columns(pl.col("open", "high", "low", "close") / 1e4)
    with pytest.raises(DataError, match=r"at least one tick, 0\.25.*set tick_size"):
        build(cents, PARAMS, instrument, hours)


def test_an_infinite_value_is_refused_with_feature_and_row(quotes, instrument, hours):
    wide = quotes.with_columns(spread_mean=pl.when(pl.col("ordinal") == 7).then(1e300).otherwise(pl.col("spread_mean")))
    with pytest.raises(DataError, match=r"feature spread_bps.*row 7"):
        build(wide, PARAMS, instrument, hours)


def test_bars_without_the_data_of_any_feature_are_refused(trades, instrument, hours):
    only_spread = with_params(**{group: {"enabled": False} for group in GROUPS if group != "spread"})
    with pytest.raises(
        DataError, match="one feature at least; found none of 5, they need imbalance, spread_mean;"
    ) as e:
        build(trades, only_spread, instrument, hours)
    assert "\n" not in str(e.value)


def test_only_the_named_ones_are_kept_in_the_order_of_the_catalogue(quotes, instrument, hours):
    params = with_params(only=["rsi_14", "log_return_1"])
    assert [entry.name for entry in catalogue(params)] == ["log_return_1", "rsi_14"]
    assert build(quotes, params, instrument, hours).columns[3:] == ["log_return_1", "rsi_14"]
    assert [entry.name for entry in catalogue(with_params(only=["rsi_14", "natr"], exclude=["natr"]))] == ["rsi_14"]
    assert schema(params)["hash"] != schema(PARAMS)["hash"]


def test_a_kept_name_of_a_group_that_is_off_is_refused():
    with pytest.raises(
        ParamsError, match=r"features\.only: must name features of the groups that are on; found sma_24"
    ):
        catalogue(with_params(only=["sma_24"]))
    assert [e.name for e in catalogue(with_params(only=["sma_24"], levels={"enabled": True}))] == ["sma_24"]
    with pytest.raises(ValueError, match="each one once"):
        with_params(only=["rsi_14", "rsi_14"])


def test_a_group_that_is_off_leaves_no_trace_in_the_schema_whatever_its_windows():
    told = schema(PARAMS)
    assert set(told["params"]) == {*GROUPS, "exclude"}
    assert schema(with_params(levels={"sma_windows": [7]})) == told
    on = schema(with_params(levels={"enabled": True}))
    assert on["params"]["levels"] == {"enabled": True, "sma_windows": [24, 120, 480]}
    assert on["hash"] != told["hash"]


def test_the_schema_of_the_defaults_is_that_of_all_models_made_so_far():
    """A change here makes every model refuse its features: raise it knowingly, with the changelog."""
    assert schema(PARAMS)["hash"] == "5ebe002ad2f42675fba21e70640f921645926f65a93902a8fd857b7f26bda051"


def test_every_group_can_be_on_at_once_and_the_defaults_come_first():
    names = [entry.name for entry in catalogue(EVERY)]
    assert names[: len(ENTRIES)] == [entry.name for entry in ENTRIES]
    assert {entry.group for entry in catalogue(EVERY)} == {*catalogue_module.GROUPS}


def test_what_else_is_to_be_read_is_named_by_the_entries():
    assert kinds(ENTRIES) == ["imbalance", "spread_mean", "volume"]
    assert {"funding", "open_interest", "liquidations", "mark_price"} < {*kinds(catalogue(EVERY))}
