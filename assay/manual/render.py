"""Write ``params.yaml`` as a manual: each knob under a comment with its meaning and range."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Any

from assay.manual.allowed import allowed
from assay.manual.knobs import BLOCKS
from assay.params import RunParams
from assay.types import Params

WIDTH = 112
HEADER = """\
# Every knob of the pipeline. `assay explain KEY` says which stages a change of it reruns.
# Change one here, or for one experiment only: dvc exp run -S models.n_estimators=400
"""


def render() -> str:
    """Return the text of ``params.yaml`` with every knob at its default."""
    lines = [HEADER.rstrip(), "", *_fields(RunParams(), "", 0)]
    for block, model in BLOCKS.items():
        if "." not in block:
            lines += ["", *_block(block, block, model(), _title(model), 0)]
    return "\n".join(lines) + "\n"


def _block(name: str, path: str, defaults: Params, title: str, depth: int) -> Iterator[str]:
    yield from _comment(title, depth)
    yield f"{_indent(depth)}{name}:"
    yield from _fields(defaults, path, depth + 1)
    for below, inner in BLOCKS.items():
        if below.startswith(f"{path}."):
            yield from _block(below.removeprefix(f"{path}."), below, inner(), _title(inner), depth + 1)


def _title(model: type[Params]) -> str:
    """Return the first sentence of a class's docstring, without the name of its block."""
    title = " ".join((model.__doc__ or "").partition("\n\n")[0].split())
    text = title.partition(" block: ")[2] if title.startswith("The ``") else title
    return text[:1].upper() + text[1:]


def _fields(defaults: Params, path: str, depth: int) -> Iterator[str]:
    for name, field in type(defaults).model_fields.items():
        value = getattr(defaults, name)
        if isinstance(value, Params):
            yield from _block(name, f"{path}.{name}", value, field.description or _title(type(value)), depth)
        else:
            yield from _comment(f"{field.description} [{allowed(field.annotation, field.metadata)}]", depth)
            yield f"{_indent(depth)}{name}: {flow(value)}"


def _comment(text: str, depth: int) -> list[str]:
    mark = f"{_indent(depth)}# "
    return textwrap.wrap(text, WIDTH, initial_indent=mark, subsequent_indent=mark, break_on_hyphens=False)


def _indent(depth: int) -> str:
    return "  " * depth


def flow(value: Any) -> str:
    """Return a value as flow YAML that reads back as itself."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if isinstance(value, str) and value.replace("_", "").replace("-", "").isalnum() and value[0].isalpha():
        return (
            value if value not in {"null", "true", "false", "yes", "no", "on", "off", "y", "n"} else json.dumps(value)
        )
    return json.dumps(value)
