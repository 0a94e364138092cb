from pathlib import Path
from typing import Literal, Self

import pytest
from pydantic import Field, model_validator

from assay import params
from assay.bars.params import BarsParams
from assay.errors import ParamsError
from assay.labels.params import TripleBarrierParams
from assay.market.instruments import InstrumentParams
from assay.splits.params import SplitParams
from assay.types import Params


class Inner(Params):
    width: float = Field(1.0, gt=0)


class Base(Params):
    n_estimators: int = Field(200, ge=1)
    type: Literal["rf_cpu", "lightgbm"] = "rf_cpu"
    inner: Inner = Inner()

    @model_validator(mode="after")
    def _wide_enough(self) -> Self:
        if self.n_estimators > 999 and self.inner.width < 2:
            raise ValueError("inner.width must be 2 for n_estimators above 999")
        return self


class Meta(Params):
    enabled: bool = True


def write(folder: Path, text: str) -> Path:
    path = folder / "params.yaml"
    path.write_text(text)
    return path


GOOD = "seed: 7\nmodels:\n  n_estimators: 400\n  inner: {width: 2}\n  meta: {enabled: false}\n"


def test_a_block_is_its_class_and_a_dotted_block_is_not_part_of_its_parent(tmp_path):
    path = write(tmp_path, GOOD)
    assert params.load("models", Base, path) == Base(n_estimators=400, inner=Inner(width=2.0))
    assert params.load("models.meta", Meta, path) == Meta(enabled=False)


def test_one_field_is_read_whatever_the_rest_of_its_block_holds(tmp_path):
    path = write(tmp_path, GOOD.replace("  inner:", "  type: unheard of\n  inner:"))
    assert params.load_field("models", Base, "n_estimators", path) == 400
    assert params.load_field("models.inner", Inner, "width", path) == 2.0


@pytest.mark.parametrize(
    ("block", "model", "name", "value", "message"),
    [
        ("models", Base, "n_estimators", "0", "greater than or equal to 1; found 0"),
        ("models", Base, "n_estimators", "abc", "a valid integer; found 'abc'"),
        ("models", Base, "type", "xgb", "'rf_cpu' or 'lightgbm'; found 'xgb'"),
        ("labels.triple_barrier", TripleBarrierParams, "max_horizon_bars", "-5", "greater than or equal to 1"),
        ("instrument", InstrumentParams, "symbol", "../../x", "string should match pattern"),
        ("bars", BarsParams, "main", "../ticks", "'tick_run', 'volume_run' or 'dollar_run'"),
        ("splits", SplitParams, "holdout_fraction", "0.9", "less than or equal to 0.5"),
        ("splits", SplitParams, "embargo_bars", "-1", "greater than or equal to 0"),
        ("splits", SplitParams, "holdout_fraction", ".nan", "finite number"),
    ],
)
def test_one_field_keeps_the_rules_of_its_class(tmp_path, block, model, name, value, message):
    outer, _, inner = block.partition(".")
    line = f"{{{inner}: {{{name}: {value}}}}}" if inner else f"{{{name}: {value}}}"
    with pytest.raises(ParamsError) as caught:
        params.load_field(block, model, name, write(tmp_path, f"{outer}: {line}"))
    assert f"{block}.{name}: " in str(caught.value)
    assert message in str(caught.value)
    assert str(caught.value).endswith(f"see `assay explain {block}.{name}`")


def test_a_field_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ParamsError, match=r"missing block; found models\.type"):
        params.load_field("models", Base, "type", write(tmp_path, GOOD))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("models: {n_estimator: 4}", "unknown parameter; found models.n_estimator; did you mean n_estimators?"),
        ("models: {inner: {widht: 4}}", "unknown parameter; found models.inner.widht; did you mean width?"),
        ("modles: {}", "unknown parameter; found modles; did you mean models?"),
        ("models: {n_estimators: abc}", "models.n_estimators: input should be a valid integer; found 'abc'"),
        ("models: {n_estimators: 0}", "models.n_estimators: input should be greater than or equal to 1; found 0"),
        (
            "models: {n_estimators: 1000, type: lightgbm, inner: {width: 1.5}}",
            "n_estimators above 999; found n_estimators = 1000, inner.width = 1.5; see `assay explain models`",
        ),
        ("models: {n_estimators: true}", "models.n_estimators: input should be a valid integer; found True"),
        ("models: {type: xgb}", "models.type: input should be 'rf_cpu' or 'lightgbm'; found 'xgb'"),
        ("models: {inner: {width: .nan}}", "models.inner.width: "),
        ("models: 3", "models must be a block of parameters; found 3"),
        ("seed: 7", "missing block; found models"),
        ("models: [", "must be readable YAML"),
        ("models: {n_estimators: 1, n_estimators: 2}", "must be readable YAML"),
        ("seed: 2024-13-01", "must be readable YAML"),
        ("- 1", "must hold blocks of parameters"),
    ],
)
def test_what_is_not_allowed_is_one_line_that_names_it(tmp_path, text, message):
    with pytest.raises(ParamsError) as caught:
        params.load("models", Base, write(tmp_path, text))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(ParamsError, match="must be there; found no file; run this in the folder of a project"):
        params.read(tmp_path / "params.yaml")


@pytest.mark.parametrize("value", ["-1", "4294967296", "1.5", "true", "seven"])
def test_a_seed_is_a_whole_number_of_32_bits(tmp_path, value):
    with pytest.raises(ParamsError, match="seed: input should be"):
        params.seed(write(tmp_path, f"seed: {value}"))


def test_the_seed_is_read(tmp_path):
    assert params.seed(write(tmp_path, "seed: 4294967295")) == 4294967295
