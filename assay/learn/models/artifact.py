"""A fitted model as it is stored, tested and served: bytes, and a card that says what they expect."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from assay.errors import DataError
from assay.learn.order import Choice

CARD = "model.json"


@dataclass(frozen=True)
class Card:
    """What a model is and what it eats.

    Parameters
    ----------
    kind
        ``rf_cpu`` or ``lightgbm``.
    file
        Name of the file that holds the bytes.
    features
        Names of the columns, in order.
    schema
        Hash of the feature schema the columns come from.
    classes
        The two outcomes; a prediction is the probability of the second.
    n_rows
        Training rows.
    importance
        Share of each feature in what the splits gained, summing to 1 (0 if no tree splits): mean decrease of Gini
        impurity of a forest, total gain of boosting. It is measured on training rows and favours features of many
        values (Strobl et al. 2007): it tells what the model used, not what predicts.
    sha256
        Of the bytes, hexadecimal.
    ffd
        Which fractional difference is among the features, and why; None where there was nothing to choose.
    """

    kind: str
    file: str
    features: tuple[str, ...]
    schema: str
    classes: tuple[int, int]
    n_rows: int
    importance: tuple[float, ...]
    sha256: str
    ffd: Choice | None = None

    def to_bytes(self) -> bytes:
        """Return the card as canonical JSON; without a choice it has no ``ffd``."""
        told = {name: value for name, value in asdict(self).items() if value is not None}
        return (json.dumps(told, sort_keys=True, indent=1, allow_nan=False) + "\n").encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Card:
        """Return the card that :meth:`to_bytes` wrote."""
        found = json.loads(content)
        lists = {name: tuple(found[name]) for name in ("features", "classes", "importance")}
        choice = Choice(**found["ffd"]) if "ffd" in found else None
        return cls(**{**found, **lists, "ffd": choice})

    def check(self, features: Sequence[str], schema: str) -> None:
        """Raise DataError unless these are the very columns the model was fitted on.

        Parameters
        ----------
        features
            Names of the columns that are there, in order.
        schema
            Hash of their schema.
        """
        remedy = "use the model that was trained on these features: dvc repro"
        for place, (mine, theirs) in enumerate(zip(self.features, features, strict=False)):
            if mine != theirs:
                raise DataError("features", f"column {place} of the model is {mine}", theirs, remedy)
        if len(self.features) != len(features):
            raise DataError("features", f"the model needs {len(self.features)} columns", len(features), remedy)
        if self.schema != schema:
            raise DataError("features", f"the model's feature schema is {self.schema}", schema, remedy)


@dataclass(frozen=True)
class Artifact:
    """A model: its exported bytes, which alone predict, and its card."""

    content: bytes
    card: Card

    def with_choice(self, ffd: Choice | None) -> Artifact:
        """Return the model with the choice of its fractional difference on its card."""
        return replace(self, card=replace(self.card, ffd=ffd))

    def files(self) -> dict[str, bytes]:
        """Return what is stored, by file name."""
        return {self.card.file: self.content, CARD: self.card.to_bytes()}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes], where: object = "model") -> Artifact:
        """Return the model that :meth:`files` gave.

        Raises
        ------
        DataError
            If a file is missing or the bytes are not those that the card was written for.
        """
        remedy = "restore it: dvc checkout"
        if CARD not in files:
            raise DataError(where, f"a model has a {CARD}", ", ".join(sorted(files)) or "no file", remedy)
        card = Card.from_bytes(files[CARD])
        content = files.get(card.file, b"")
        found = hashlib.sha256(content).hexdigest()
        if found != card.sha256:
            raise DataError(where, f"{card.file} has the SHA-256 {card.sha256}", found, remedy)
        return cls(content, card)
