"""The ``models`` and ``models.meta`` blocks: which learners, how large, and what is held back for them."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from assay.labels.training import TrainingWeightParams
from assay.types import Params

FfdOrder: TypeAlias = Annotated[float, Field(gt=0, lt=2)] | Literal["auto", "all"]
"""Which fractional differences a model eats: one of this order, one that is chosen, or all."""


class TreeParams(Params):
    """An ensemble of decision trees."""

    type: Literal["rf_cpu", "lightgbm"] = Field(
        "rf_cpu", description="Kind of model: a random forest (rf_cpu) or gradient boosting (lightgbm)."
    )
    n_estimators: int = Field(200, ge=1, le=10_000, description="Number of trees.")
    max_depth: int = Field(10, ge=1, le=30, description="Most decisions between root and leaf of a tree.")
    min_samples_leaf: int = Field(20, ge=1, le=100_000, description="Fewest training rows in a leaf.")
    max_features: float = Field(
        0.3, gt=0, le=1, description="Share of the features that compete for each split, drawn anew for each."
    )
    max_samples: Annotated[float, Field(gt=0, le=1)] | Literal["uniqueness"] = Field(
        "uniqueness",
        description="Share of the training rows that each tree draws, above 0 to 1, but ten leaves' worth at least; "
        "uniqueness for the mean uniqueness of the labels: where they overlap, more rows would be the same story "
        "again. Rows that weigh nothing do not count.",
    )
    bootstrap: Literal["weights", "sequential"] = Field(
        "weights",
        description="How a tree of rf_cpu draws its training rows: weights (all at once, in proportion to what labels "
        "weigh) or sequential (one after another; seldom those whose labels overlap many drawn before, even where all "
        "labels weigh the same).",
    )
    learning_rate: float = Field(0.02, gt=0, le=1, description="Shrinkage of each tree; used by lightgbm only.")
    weights: TrainingWeightParams = Field(
        TrainingWeightParams(), description="What training labels weigh among one another."
    )
    ffd_order: FfdOrder = Field(
        "auto",
        description="Which of the fractional differences among the features (ffd_100d, of the group memory) the model "
        "eats: auto for the smallest order whose column is stationary on the training bars of each fit (augmented "
        "Dickey-Fuller test with a constant and one lag, 5 %), and the highest if none is; an order for that one; all.",
    )
    min_rows: int = Field(100, ge=4, le=1_000_000, description="Fewest training rows; with less the fit is refused.")

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.bootstrap == "sequential" and self.type != "rf_cpu":
            raise ValueError("bootstrap sequential needs type rf_cpu: lightgbm draws rows by itself")
        return self


class ModelParams(TreeParams):
    """The base model, which tells the direction of an event."""

    n_splits: int = Field(
        5, ge=2, le=50, description="Purged folds inside the training rows that make the out-of-fold predictions."
    )


class MetaParams(TreeParams):
    """The meta model, which tells whether the base model's side will win, and what follows it."""

    enabled: bool = Field(
        default=True,
        description="Whether a meta model is fitted; without it the base model's own probability is calibrated.",
    )
    max_depth: int = Field(5, ge=1, le=30, description="Most decisions between root and leaf of a tree.")
    calibration: Literal["platt", "isotonic", "none"] = Field(
        "platt",
        description="How probabilities are calibrated: platt (a logistic curve, for few rows), isotonic (steps, for "
        "1,000 rows or more) or none.",
    )
    calibration_fraction: float = Field(
        0.2, gt=0, lt=0.5, description="Share of the training events, after those of the meta model, that calibrates."
    )
    threshold_fraction: float = Field(
        0.2, gt=0, lt=0.5, description="Share of the training events, the last ones, that sizes wins and losses."
    )
