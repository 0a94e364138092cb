"""A user's own features: what their module gave, held to what every entry must be."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from assay.errors import AssayError, DataError, ParamsError
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params import FeatureParams
from assay.types import Floats

GROUP = "own"
_WHERE = "features.module"


@dataclass(frozen=True)
class Own:
    """Features of a user's module.

    Parameters
    ----------
    features
        The entries, of group ``own``.
    sha256
        Of the code they come from, hexadecimal: the schema holds it, so that other code is another schema.
    """

    features: tuple[Feature, ...] = ()
    sha256: str = ""


NONE = Own()


def own_of(params: FeatureParams, read: Callable[[str], tuple[object, str]]) -> Own:
    """Return the user's own features, of the module that the parameters name; none if they name none.

    Parameters
    ----------
    params
        The block.
    read
        Imports a module by its name, and returns it and the SHA-256 of its code: ``assay.store.read_module``.
    """
    return own(*read(params.module)) if params.module else NONE


def own(module: object, sha256: str) -> Own:
    """Return the features of a module that was read.

    Parameters
    ----------
    module
        The module; its function ``features()`` returns a list of :class:`Feature`.
    sha256
        Of its code.

    Raises
    ------
    ParamsError
        If there is no such function, it fails or returns something else, or an entry is incomplete.
    """
    made = getattr(module, "features", None)
    if made is None or not callable(made):
        remedy = "write def features() -> list[Feature]"
        raise ParamsError(_WHERE, "must have a function features()", type(made).__name__, remedy)
    given = _given(made)
    if not isinstance(given, list | tuple) or not given:
        raise ParamsError(_WHERE, "features() must return a list of features", _told(given), "return one at least")
    return Own(tuple(_checked(entry) for entry in given), sha256)


def _given(made: Callable[[], Any]) -> Any:
    """Return what the user's function returns; blame it where it fails, or ends the program."""
    try:
        return made()
    except (Exception, SystemExit) as error:
        raise ParamsError(_WHERE, "features() must return a list of features", _failed(error), "correct it") from error


def _values(entry: Feature, inputs: Inputs) -> Floats:
    """Return the values of a user's feature; blame its function where it fails, or ends the program."""
    try:
        return entry.function(inputs)
    except AssayError:
        raise
    except (Exception, SystemExit) as error:
        where, rule = f"{_WHERE}, feature {entry.name}", "its function must return a value per bar"
        raise DataError(where, rule, _failed(error), "correct it") from error


def _failed(error: BaseException) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}: {error}"


def _told(given: Any) -> str:
    return "an empty one" if isinstance(given, list | tuple) else type(given).__name__


def _checked(entry: Any) -> Feature:
    """Return an entry as one of the group, and refuse what no column can be made of."""
    if not isinstance(entry, Feature):
        rule, remedy = "features() must return assay.features.feature.Feature", "build each with Feature(...)"
        raise ParamsError(_WHERE, rule, type(entry).__name__, remedy)
    where = f"{_WHERE}, feature {entry.name!r}"
    texts = {"name": entry.name, "definition": entry.definition, "unit": entry.unit, "reference": entry.reference}
    for field, text in texts.items():
        if not text or "\n" in text:
            raise ParamsError(where, f"{field} must be one line of text", repr(text), "say what it is")
    if not entry.name.isidentifier():
        raise ParamsError(where, "a name is letters, digits and underscores", entry.name, "choose another name")
    if not 0 <= entry.first_valid < entry.lookback:
        found = f"lookback {entry.lookback}, first valid row {entry.first_valid}"
        raise ParamsError(where, "the first valid row must lie inside the look-back", found, "count the current bar in")
    return replace(entry, group=GROUP, function=partial(_values, entry))
