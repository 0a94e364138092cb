"""The ``assay`` command: one module per group of commands, each with an ``add`` that says what there is."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from assay.cli import data, manual
from assay.compute.shell import PARTLY
from assay.errors import AssayError, PartialError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; an error is one line on standard error and status 1, or 3 where a part was done."""
    args = _parser().parse_args(argv)
    try:
        for text in args.command(args):
            sys.stdout.write(text)
    except AssayError as error:
        sys.stderr.write(f"assay: {error}\n")
        return PARTLY if isinstance(error, PartialError) else 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="assay", description="Market data in, an honest model out.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    manual.add(commands)
    data.add(commands)
    return parser
