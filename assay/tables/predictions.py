"""Predictions: what a model said about an event it had not seen."""

from __future__ import annotations

import polars as pl

from assay.tables.table import TIME, Column, Rule, Table

_PROBABILITY = "predict through the exported artifact"


def _probability(name: str) -> Rule:
    return Rule(f"{name} is in [0, 1]", ~pl.col(name).is_between(0, 1), _PROBABILITY)


OOF = Table(
    "out-of-fold predictions",
    {
        "symbol": Column(pl.String, "instrument"),
        "ordinal": Column(pl.Int64, "the bar at whose close the prediction is made"),
        "fold": Column(pl.Int32, "the fold whose model, fitted without this event, made it"),
        "p_up": Column(pl.Float64, "base model's probability of label +1"),
    },
    (_probability("p_up"),),
)

PREDICTIONS = Table(
    "walk-forward predictions",
    {
        "symbol": Column(pl.String, "instrument"),
        "ordinal": Column(pl.Int64, "the bar at whose close the decision is taken"),
        "t0": Column(TIME, "that close"),
        "fold": Column(pl.Int32, "walk-forward fold, from 0"),
        "p_up": Column(pl.Float64, "base model's probability of label +1"),
        "side": Column(pl.Int8, "+1 long, -1 short: the base model's side"),
        "p_raw": Column(pl.Float64, "probability that the side is right, before calibration"),
        "p_win": Column(pl.Float64, "the same, calibrated"),
        "cut": Column(pl.Float64, "smallest p_win at which the trade is worth its costs"),
        "take": Column(pl.Boolean, "p_win >= cut"),
        "tp": Column(pl.Float64, "distance of the profit barrier, price units"),
        "sl": Column(pl.Float64, "distance of the stop barrier, price units"),
        "win": Column(pl.Boolean, "whether the side earned a positive gross return: known only at t1, for scoring"),
        "gross_return": Column(pl.Float64, "the side's gross outcome, fraction of the entry price: for scoring"),
        "label": Column(pl.Int8, "the direction label: for scoring"),
    },
    (
        Rule("events rise by ordinal", pl.col("ordinal").diff() <= 0, "predict each event once"),
        Rule("side is -1 or 1", ~pl.col("side").is_in([-1, 1]), "the base model gives a side"),
        _probability("p_up"),
        _probability("p_raw"),
        _probability("p_win"),
    ),
)
