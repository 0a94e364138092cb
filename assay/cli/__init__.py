"""The ``assay`` command: one module per group of commands, each with an ``add`` that says what there is."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from assay.compute.environment import settings

os.environ.update(settings(os.environ))  # before what follows imports numba and polars

from assay.cli import data, features, manual
from assay.compute.shell import DEBUG, status

UNREAD = 128 + signal.SIGPIPE
"""Exit status where nobody reads on."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; an error is one line on standard error and status 1, or 3 where a part was done.

    If who reads the output stops to, as ``head`` does, it ends without a word and with the status of such an end.
    """
    words = sys.argv[1:] if argv is None else argv
    args = _parser().parse_args([word for word in words if word != DEBUG])

    def work() -> None:
        for text in args.command(args):
            sys.stdout.write(text)
        sys.stdout.flush()

    try:
        return status(work, "assay", words)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="assay", description="Market data in, an honest model out.")
    parser.add_argument(DEBUG, action="store_true", help="show the traceback of an error; anywhere in the line")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    manual.add(commands)
    data.add(commands)
    features.add(commands)
    return parser
