"""Features held to their laws: the first one that each breaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assay.errors import AssayError
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.laws import LAWS, Law, values
from assay.features.views import Views


@dataclass(frozen=True)
class Breach:
    """A law that a feature broke, and what was found."""

    feature: str
    law: str
    found: str

    def __str__(self) -> str:
        return f"{self.feature}: {self.law}; found {self.found}"


def breaches(
    entries: Sequence[Feature],
    inputs: Inputs,
    *,
    whole: bool = False,
    closely: bool = False,
    longer: Inputs | None = None,
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
    """
    views = Views.closely(inputs, longer) if closely else Views.of(inputs)
    laws = [law for law in LAWS if whole or law.asked != "of whole bars"]
    for entry in entries:
        found = _first_breach(entry, views, laws)
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
    found = (_first_breach(entry, views, laws) for entry in entries)
    yield from (breach for breach in found if breach is not None)


def _first_breach(entry: Feature, views: Views, laws: Sequence[Law]) -> Breach | None:
    """Return what a feature breaks; that it is refused, or a user's function fails, is told like the rest."""
    try:
        told = values(entry, views.whole)
        for law in laws:
            if found := law.breach(entry, views, told):
                return Breach(entry.name, law.text, found)
    except AssayError as error:
        return Breach(entry.name, "must be computed of any bars", str(error))
    return None
