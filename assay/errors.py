"""The errors of Assay: one base, a few domains, one line each."""

from __future__ import annotations


class AssayError(Exception):
    """What went wrong, in one line: where, which rule, what was found, what to do.

    Parameters
    ----------
    where
        File, row, parameter or stage the rule looked at.
    rule
        The rule that was broken, in words.
    found
        What was there instead.
    remedy
        What the reader can do about it.
    """

    def __init__(self, where: object, rule: str, found: object, remedy: str) -> None:
        self.where, self.rule, self.found, self.remedy = str(where), rule, str(found), remedy
        super().__init__(self.where, rule, self.found, remedy)

    def __str__(self) -> str:
        return " ".join(f"{self.where}: {self.rule}; found {self.found}; {self.remedy}".split())


class DataError(AssayError):
    """Market data or a stage's table breaks a rule."""


class ParamsError(AssayError):
    """``params.yaml`` holds an unknown, missing or impossible value."""


class FitError(AssayError):
    """A model cannot be fitted on the rows it was given."""


class StoreError(AssayError):
    """A file cannot be read or written."""


class ComputeError(AssayError):
    """Work could not be done where it was sent."""


class TransportError(AssayError):
    """Bytes could not be had from a venue; ``final`` where asking again is in vain."""

    def __init__(self, where: object, rule: str, found: object, remedy: str, *, final: bool = False) -> None:
        super().__init__(where, rule, found, remedy)
        self.final = final

    def __reduce__(self) -> tuple[object, ...]:
        return _transport_error, (*self.args, self.final)


class PartialError(AssayError):
    """Some of the symbols that were asked for failed; the others were delivered."""


def _transport_error(where: str, rule: str, found: str, remedy: str, final: bool) -> TransportError:  # noqa: FBT001
    return TransportError(where, rule, found, remedy, final=final)
