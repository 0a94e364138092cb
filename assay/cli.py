"""The ``assay`` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from assay import params
from assay.errors import AssayError
from assay.manual.knobs import Knob, find
from assay.manual.render import render
from assay.manual.reruns import reruns, stages


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; an error is one line on standard error and status 1."""
    args = _parser().parse_args(argv)
    try:
        sys.stdout.write(args.command(args))
    except AssayError as error:
        sys.stderr.write(f"assay: {error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="assay", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    explain = commands.add_parser("explain", help="what a parameter means, and which stages a change of it reruns")
    explain.add_argument("key", help="a parameter or a block, for example models.n_estimators")
    explain.set_defaults(command=_explain)
    defaults = commands.add_parser("defaults", help="params.yaml with every parameter at its default")
    defaults.set_defaults(command=lambda _: render())
    return parser


def _explain(args: argparse.Namespace) -> str:
    values, pipeline = params.read(), stages()
    return "\n".join(_entry(knob, values, reruns(knob.path, pipeline)) for knob in find(args.key))


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
