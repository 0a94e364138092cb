"""A plugin of pytest that writes down which fields of a feed its source reads: ``-p tests.sources.spy``.

A field counts as read by a source if code of that source's package reads it, or what that code calls. The path of the
file with what was found, a list of (source, kind, field), is in the variable :data:`FOUND`.
"""

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from assay.sources.feeds import STREAMS, VENUES
from assay.sources.params import FeedParams

FOUND = "ASSAY_TEST_FIELDS"
FIELDS = frozenset(FeedParams.model_fields)
FOLDERS = {source: str(Path(find_spec(name).origin).parent) for source, name in {**VENUES, **STREAMS}.items()}
READ = set()
given = FeedParams.__getattribute__


def spied(params, name):
    value = given(params, name)
    if name in FIELDS:
        watch(params, name, sys._getframe(1))
    return value


def watch(params, name, frame):
    """Write a field down, if the source is at work; the kind is that of the nearest feed that somebody has at hand."""
    source, kind = given(params, "source"), None
    while frame:
        if kind is None:
            kind = getattr(frame.f_locals.get("feed"), "kind", None)
        if frame.f_code.co_filename.startswith(FOLDERS[source]):
            READ.add((source, kind, name))
        frame = frame.f_back


def pytest_configure():
    FeedParams.__getattribute__ = spied


def pytest_sessionfinish():
    Path(os.environ[FOUND]).write_text(json.dumps(sorted(READ, key=str)))
