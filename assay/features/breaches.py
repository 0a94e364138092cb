"""Features held to their laws: the first one that each breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from assay.errors import AssayError
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.laws import LAWS, Law, values
from assay.features.views import Views

Afresh: TypeAlias = Callable[[Feature], Feature]
"""Gives an entry as if nothing of its code had run: see :func:`assay.features.own.afresh`."""


@dataclass(frozen=True)
class Breach:
    """A law that a feature broke, and what was found."""

    feature: str
    law: str
    found: str

    def __str__(self) -> str:
        return f"{self.feature}: {self.law}; found {self.found}"


def _as_it_is(entry: Feature) -> Feature:
    return entry


def breaches(
    entries: Sequence[Feature],
    inputs: Inputs,
    *,
    whole: bool = False,
    closely: bool = False,
    longer: Inputs | None = None,
    afresh: Afresh = _as_it_is,
) -> Iterator[Breach]:
    """Yield the first law that each feature breaks on some bars.

    Parameters
    ----------
    entries
        Features whose needs the bars hold.
    inputs
        Bars, n of them, and what is known beside them.
    whole
        Whether nothing is undefined in the first bars, so that a feature must begin where it says it does.
    closely
        Whether to leave out the bars after each one in turn, which takes as long as building n / 2 times, and not only
        those after a hundred places or more.
    longer
        The same with bars before, if there are any; looked at with ``closely`` alone.
    afresh
        Asked for each entry before its values on all bars, and before each law: views of fewer bars come in rising
        order, so code that is new cannot know the bars after them, whatever it keeps.
    """
    views = Views.closely(inputs, longer) if closely else Views.of(inputs)
    unasked = {*(() if whole else ("of whole bars",)), *(() if closely else ("closely",))}
    laws = [law for law in LAWS if law.asked not in unasked]
    for entry in entries:
        found = _first_breach(entry, views, laws, afresh)
        if found is not None:
            yield found


def looks_ahead(entries: Sequence[Feature], inputs: Inputs) -> Iterator[Breach]:
    """Yield the features whose rows change when bars follow, or that are infinite; of the other laws nothing is asked.

    Parameters
    ----------
    entries
        Features whose look-back is not known in these bars.
    inputs
        Bars, and what is known beside them.
    """
    views = Views.of(inputs)
    laws = [law for law in LAWS if law.asked == "of any"]
    found = (_first_breach(entry, views, laws, _as_it_is) for entry in entries)
    yield from (breach for breach in found if breach is not None)


def _first_breach(entry: Feature, views: Views, laws: Sequence[Law], afresh: Afresh) -> Breach | None:
    """Return what a feature breaks; that it is refused, or a user's function fails, is told like the rest."""
    try:
        told = values(afresh(entry), views.whole)
        for law in laws:
            if found := law.breach(afresh(entry), views, told):
                return Breach(entry.name, law.text, found)
    except AssayError as error:
        return Breach(entry.name, "must be computed of any bars", str(error))
    return None
