"""Keys of venues: where they come from, and how they are kept out of everything that is written."""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

from dotenv import dotenv_values

from assay.errors import ParamsError

LOGGER = "assay.transport"
HIDDEN = "***"
SHORTEST = 4
"""Values shorter than this are no keys; hiding them would only garble messages."""

_NAMES = r"[\w.-]*(?:key|token|secret|signature|password|passwd|credential|auth|sig)[\w.-]*"
_QUERY = re.compile(rf"((?:^|[?&;\s]){_NAMES}=)[^&;#\s\"'<>]*", re.IGNORECASE | re.MULTILINE)
_HEADER = re.compile(
    rf"((?:authorization|cookie|x-{_NAMES})[\"']?\s*[:=]\s*[\"']?(?:bearer |basic )?)[^\s\"',&]+", re.IGNORECASE
)
_USERINFO = re.compile(r"(\w://)[^/\s@]+@")
_known: set[str] = set()
_known_lock = threading.Lock()


class Secrets:
    """Keys from the environment or a ``.env`` file that git ignores.

    Parameters
    ----------
    path
        The file; it need not exist.
    environ
        The environment.

    Notes
    -----
    The environment wins, as everywhere, with one exception: the environment of a running process cannot be changed from
    outside, so a value that is changed in the file while the process runs wins over both. That is how a key is rotated
    during a long run. The file is read again when its time of change or its size is another.
    """

    def __init__(self, path: Path = Path(".env"), environ: Mapping[str, str] = os.environ) -> None:
        self._path, self._environ, self._lock = path, environ, threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._values: dict[str, str | None] = {}
        self._first = self._read()

    def value(self, name: str) -> str:
        """Return a key, and from now on hide it in everything that is written.

        Raises
        ------
        ParamsError
            If the variable is not set, or cannot be sent in a header; the value is not shown.
        """
        written = self._read()
        rotated = written.get(name) if written.get(name) != self._first.get(name) else None
        value = (rotated or self._environ.get(name) or written.get(name) or self._first.get(name) or "").strip()
        remember(value)
        if not value:
            remedy = f"set it in the environment, or write {name}=... into {self._path}, which git ignores"
            raise ParamsError(f"${name}", "must hold the key that this source takes", "nothing", remedy)
        if not value.isascii() or not value.isprintable() or " " in value:
            rule = "must be printable characters of ASCII without spaces"
            raise ParamsError(f"${name}", rule, f"{len(value)} characters, not shown", "copy the key again")
        return value

    def has(self, name: str) -> bool:
        """Return whether the variable is set."""
        return bool(self._environ.get(name) or self._read().get(name))

    def check(self, names: Iterable[str]) -> None:
        """Check that all of these keys are there, before the first request.

        Raises
        ------
        ParamsError
            Naming the first variable that is not set or not right.
        """
        for name in sorted(set(names)):
            self.value(name)

    def _read(self) -> dict[str, str | None]:
        """Return what the file holds now."""
        with self._lock:
            stamp = self._stamped()
            if stamp != self._stamp:
                self._stamp = stamp
                self._values = _parsed(self._path) if stamp else {}
            return self._values

    def _stamped(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_size


def _parsed(path: Path) -> dict[str, str | None]:
    try:
        return dict(dotenv_values(path, interpolate=False))
    except UnicodeDecodeError:
        raise ParamsError(path, "must be text in UTF-8", "other bytes", "write it again") from None


def remember(value: str) -> None:
    """Hide a value in everything that is written from now on, as it is and as it is written in a URL."""
    if len(value) >= SHORTEST:
        with _known_lock:
            _known.update((value, quote(value, safe=""), quote_plus(value)))


def redacted(text: str) -> str:
    """Return a text without keys: known ones, those in a query or a header, and passwords before a host."""
    with _known_lock:
        known = sorted(_known, key=len, reverse=True)
    for value in known:
        text = text.replace(value, HIDDEN)
    for pattern, hidden in ((_QUERY, rf"\1{HIDDEN}"), (_HEADER, rf"\1{HIDDEN}"), (_USERINFO, rf"\1{HIDDEN}@")):
        text = pattern.sub(hidden, text)
    return text


class Redacting(logging.Filter):
    """Takes keys out of every record, its arguments and its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True: nothing is held back, but keys are hidden."""
        record.msg, record.args = redacted(record.getMessage()), None
        if record.exc_info:
            record.exc_text = redacted(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


def log() -> logging.Logger:
    """Return the logger of all transport; it never shows a key, nor do those of the HTTP library."""
    for name in (LOGGER, "urllib3.connection", "urllib3.connectionpool", "urllib3.util.retry"):
        logger = logging.getLogger(name)
        if not any(isinstance(known, Redacting) for known in logger.filters):
            logger.addFilter(Redacting())
    return logging.getLogger(LOGGER)
