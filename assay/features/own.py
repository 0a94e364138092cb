"""A user's own features: what their module gave, held to what every entry must be."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from assay.errors import DataError, ParamsError
from assay.features.blame import numbers, run
from assay.features.entries import WHERE, checked
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.params import FeatureParams
from assay.types import Floats

GROUP = "own"


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
    return own(*read(params.module), params.cross.symbols) if params.module else NONE


def afresh(params: FeatureParams, read: Callable[[str], tuple[object, str]], entry: Feature) -> Feature:
    """Return a user's entry of a module that is imported anew, so that it remembers nothing; ``read`` as above.

    Raises
    ------
    ParamsError
        If the module no longer gives an entry of that name.
    """
    found = {one.name: one for one in own_of(params, read).features}
    if entry.name not in found:
        rule = "features() must return the same features at every import"
        raise ParamsError(WHERE, rule, f"no {entry.name}", "let it go by nothing that changes")
    return found[entry.name]


def own(module: object, sha256: str, markets: Collection[str] = ()) -> Own:
    """Return the features of a module that was read.

    Parameters
    ----------
    module
        The module; its function ``features()`` returns a list of :class:`Feature`.
    sha256
        Of its code.
    markets
        Symbols of the other markets that a feature may need.

    Raises
    ------
    ParamsError
        If there is no such function, it fails or returns something else, or an entry is incomplete.
    """
    made = getattr(module, "features", None)
    if made is None or not callable(made):
        remedy = "write def features() -> list[Feature]"
        raise ParamsError(WHERE, "must have a function features()", type(made).__name__, remedy)
    folder = _folder(module)
    given = run(made, folder, _no_features)
    if not isinstance(given, list | tuple) or not given:
        raise _no_features(_told(given), "return one at least")
    return Own(tuple(_theirs(checked(entry, markets), folder) for entry in given), sha256)


def _no_features(found: str, remedy: str = "correct it") -> ParamsError:
    return ParamsError(WHERE, "features() must return a list of features", found, remedy)


def _folder(module: object) -> Path | None:
    """Return the folder of a module and of those it uses beside it."""
    file, name = (str(getattr(module, one, "")) for one in ("__file__", "__name__"))
    return Path(file).parents[max(name.count(".") - 1, 0)] if file else None


def _theirs(entry: Feature, folder: Path | None) -> Feature:
    return replace(entry, group=GROUP, function=partial(_values, entry, folder))


def _values(entry: Feature, folder: Path | None, inputs: Inputs) -> Floats:
    """Return the values of a user's feature; blame its function where it fails, or gives what is no number."""
    blame = partial(_blamed, entry, "its function must return a value per bar", remedy="correct it")
    given = run(lambda: entry.function(inputs.seal()), folder, blame)
    try:
        return numbers(given)
    except (TypeError, ValueError, OverflowError) as error:
        rule = "its function must return numbers"
        raise _blamed(entry, rule, str(error), remedy="return float64, NaN where undefined") from error


def _blamed(entry: Feature, rule: str, found: str, *, remedy: str) -> DataError:
    return DataError(f"{WHERE}, feature {entry.name}", rule, found, remedy)


def _told(given: Any) -> str:
    return "an empty one" if isinstance(given, list | tuple) else type(given).__name__
