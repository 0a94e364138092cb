"""Commands about parameters: ``assay explain``, ``assay defaults`` and ``assay use``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from assay import params, store
from assay.manual.knobs import BLOCKS, Knob, find
from assay.manual.render import render
from assay.manual.reruns import reruns, stages
from assay.manual.use import difference, presets, used


def add(commands: Any) -> None:
    """Add the commands to a parser's."""
    explain = commands.add_parser("explain", help="what a parameter means, and which stages a change of it reruns")
    explain.add_argument("key", help="a parameter or a block, for example models.n_estimators")
    explain.set_defaults(command=_explain)
    defaults = commands.add_parser("defaults", help="params.yaml with every parameter at its default")
    defaults.set_defaults(command=lambda _: [render()])
    use = commands.add_parser("use", help="make params.yaml a preset, and show what changes")
    use.add_argument("name", nargs="?", help="the preset; without it, all of them are listed")
    use.add_argument("--dry-run", action="store_true", help="only show what would change")
    use.set_defaults(command=_use)


def _explain(args: argparse.Namespace) -> list[str]:
    values, pipeline = params.read(), stages()
    return ["\n".join(_entry(knob, values, reruns(knob.path, pipeline)) for knob in find(args.key))]


def _entry(knob: Knob, values: dict[str, Any], rerun: list[str]) -> str:
    rows = {
        "takes": knob.allowed,
        "default": knob.default,
        "now": _now(knob.path, values),
        "reruns": ", ".join(rerun) or "nothing: no result depends on it",
    }
    return f"{knob.path}\n  {knob.meaning}\n" + "".join(f"  {name:8} {value}\n" for name, value in rows.items())


def _now(path: str, values: dict[str, Any]) -> Any:
    here: Any = values
    for part in path.split("."):
        here = here.get(part, "not set") if isinstance(here, dict) else "not set"
    return here


def _use(args: argparse.Namespace) -> list[str]:
    if args.name is None:
        return [f"{name:24} {meaning}\n" for name, meaning in presets().items()]
    old = store.read_bytes(params.PATH).decode()
    new = used(args.name, old)
    if not args.dry_run:
        _write(new, params.PATH)
    return [difference(old, new) or f"params.yaml is {args.name} already\n"]


def _write(text: str, path: Path) -> None:
    """Write ``params.yaml`` if every block of it can be loaded."""
    with store.writing() as beside:
        part = beside(path)
        part.write_text(text, encoding="utf-8")
        for block, model in BLOCKS.items():
            params.load(block, model, part)
