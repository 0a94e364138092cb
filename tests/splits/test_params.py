"""The blocks ``splits`` and ``walkforward``."""

import pytest
from pydantic import ValidationError

from assay.splits.params import SplitParams, WalkForwardParams, embargo_bars


def test_automatic_embargo_is_the_horizon_of_the_labels():
    assert embargo_bars(SplitParams.model_validate({"embargo_bars": "auto"}), 50) == 50
    assert embargo_bars(SplitParams.model_validate({"embargo_bars": 7}), 50) == 7


@pytest.mark.parametrize(
    ("model", "wrong"),
    [
        (SplitParams, {"embargo_bars": -1}),
        (SplitParams, {"holdout_fraction": 0.9}),
        (WalkForwardParams, {"n_splits": 0}),
        (WalkForwardParams, {"window": "sliding"}),
        (WalkForwardParams, {"first_train": 1.0}),
    ],
)
def test_impossible_values_are_refused(model, wrong):
    with pytest.raises(ValidationError):
        model.model_validate(wrong)
