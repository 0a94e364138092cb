"""Numbers in words: the only place where the report turns a number into characters."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

Number: TypeAlias = float | int | None
"""A number, or None where it does not exist."""

MISSING = "\u2013"
MINUS = "\u2212"
_EXACT = 1e15
_SPANS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_SHORT = ((1_000_000_000, "bn"), (1_000_000, "M"), (1_000, "k"))


def fixed(value: Number, digits: int = 2) -> str:
    """Return a number with a fixed number of decimals, thousands set apart, and a real minus sign.

    None becomes a dash; what rounds to zero has no sign.
    """
    return MISSING if value is None else _signed(f"{value:,.{digits}f}")


def signed(value: Number, digits: int = 2) -> str:
    """Return the same with a plus sign where it is positive."""
    text = fixed(value, digits)
    return f"+{text}" if value is not None and value > 0 and _is_nonzero(text) else text


def count(value: Number) -> str:
    """Return a whole number with thousands set apart."""
    return fixed(value, 0)


def bps(fraction: Number, digits: int = 2) -> str:
    """Return a fraction as signed basis points, without the unit."""
    return MISSING if fraction is None else signed(fraction * 1e4, digits)


def percent(fraction: Number, digits: int = 1) -> str:
    """Return a fraction in percent, with the sign of percent."""
    return MISSING if fraction is None else f"{fixed(fraction * 100, digits)}\u202f%"


def share(n: int, total: int) -> str:
    """Return a count as a part of a total, in percent; a small part never looks like nothing."""
    least = 1e-4
    return f"under {percent(least, 2)}" if 0 < n < least * total else percent(n / total if total else None, 2)


def compact(value: Number, digits: int = 6) -> str:
    """Return a number with so many significant digits and no needless zeros; whole ones in full."""
    if value is None:
        return MISSING
    return count(value) if float(value).is_integer() and abs(value) < _EXACT else _signed(f"{value:,.{digits}g}")


def short(number: int) -> str:
    """Return a count with three digits at most: ``5.65k``, ``441k``, ``1.2M``."""
    kept = float(f"{number:.3g}")
    size, unit = next(((size, unit) for size, unit in _SHORT if kept >= size), (1, ""))
    return f"{kept / size:.6g}{unit}"


def duration(seconds: float) -> str:
    """Return a length of time in its two largest units: ``45.2 s``, ``3 min 30 s``, ``2 d 4 h``."""
    if seconds < _SPANS[-2][0]:
        return f"{compact(round(seconds, 1))}\u202fs"
    whole = round(seconds)
    place = next(i for i, (size, _) in enumerate(_SPANS) if whole >= size)
    (large, name), (small, rest_name) = _SPANS[place], _SPANS[place + 1]
    rest = whole % large // small
    return f"{count(whole // large)}\u202f{name}" + (f" {rest}\u202f{rest_name}" if rest else "")


def sentence(text: str) -> str:
    """Return a clause as a sentence: a capital letter first, a full stop last."""
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".")


def instant(moment: datetime | None) -> str:
    """Return an instant to the second, UTC."""
    return MISSING if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"


def stamp(iso: str) -> str:
    """Return an ISO 8601 instant to the second."""
    return iso.partition(".")[0].removesuffix("Z").replace("T", " ")


def plural(number: int, noun: str, many: str | None = None) -> str:
    """Return a count with its noun: ``1 trade``, ``2 trades``."""
    return f"{count(number)} {noun if number == 1 else many or noun + 's'}"


def plain(name: str) -> str:
    """Return a snake_case name as words; a leading ``n_`` only says that it is a count."""
    return name.removeprefix("n_").replace("_", " ")


def _signed(text: str) -> str:
    return (text.replace("-", MINUS) if _is_nonzero(text) else text.removeprefix("-")).replace(",", "\u202f")


def _is_nonzero(text: str) -> bool:
    return any(digit in text for digit in "123456789")
