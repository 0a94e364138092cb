"""Turn ``params.yaml`` into a preset: every knob at its default but for the preset's, comments kept."""

from __future__ import annotations

import difflib
import io
from collections.abc import Mapping
from functools import reduce
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import PlainScalarString

from assay.errors import ParamsError
from assay.manual.knobs import knobs
from assay.manual.render import flow

_FOLDER = files("assay.manual.presets")


def presets() -> dict[str, str]:
    """Return what each preset is, by name."""
    found = sorted(entry.name.removesuffix(".yaml") for entry in _FOLDER.iterdir() if entry.name.endswith(".yaml"))
    return {name: _text(name).partition("\n")[0].removeprefix("# ") for name in found}


def used(name: str, text: str) -> str:
    """Return the text of ``params.yaml`` as a preset has it.

    Parameters
    ----------
    name
        The preset.
    text
        The present text; its comments stay, its values become the defaults and, where the preset differs, its own.

    Raises
    ------
    ParamsError
        If there is no such preset, or the text is not that of a ``params.yaml``.
    """
    tree = _yaml().load(text)
    wanted = {knob.path: knob.default for knob in knobs()} | _leaves(preset(name))
    for path, value in wanted.items():
        *parents, last = path.split(".")
        here = reduce(_block, parents, tree)
        if last not in here or here[last] != value:
            here[last] = _written(value)
    out = io.StringIO()
    _yaml().dump(tree, out)
    return out.getvalue()


def _block(tree: Any, name: str) -> Any:
    if not isinstance(tree, dict) or name not in tree:
        raise ParamsError("params.yaml", "missing block", name, "begin anew: assay defaults > params.yaml")
    return tree[name]


def difference(old: str, new: str) -> str:
    """Return the lines that change, as a unified diff; nothing if none does."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    return "".join(difflib.unified_diff(before, after, "params.yaml", "params.yaml", n=0))


def preset(name: str) -> dict[str, Any]:
    """Return what a preset sets, block by block.

    Raises
    ------
    ParamsError
        If there is no such preset, with the nearest name.
    """
    if name not in presets():
        near = difflib.get_close_matches(name, list(presets()), n=1)
        remedy = f"did you mean {near[0]}?" if near else f"take one of {', '.join(presets())}"
        raise ParamsError("assay use", "unknown preset", repr(name), remedy)
    return dict(YAML(typ="safe").load(_text(name)))


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the values of a preset by their knobs' paths; what is no knob is a block of further ones."""
    known = {knob.path for knob in knobs()}
    found: dict[str, Any] = {}
    for name, value in tree.items():
        path = f"{prefix}{name}"
        found |= {path: value} if path in known else _leaves(value, f"{path}.")
    return found


def _written(value: Any) -> Any:
    """Return a value as it is to be written; bare text says so, or it would take the quotes of what it replaces."""
    read = _yaml().load(f"value: {flow(value)}")["value"]
    return PlainScalarString(read) if type(read) is str else read


def _text(name: str) -> str:
    return (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1 << 20
    return yaml
