"""The ``assay`` command: one module per group of commands, each with an ``add`` that says what there is."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn

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

    is_read = True

    def work() -> None:
        nonlocal is_read
        texts = args.command(args)
        is_read = all(_is_read(partial(sys.stdout.write, text)) for text in texts) and _is_read(sys.stdout.flush)

    code = status(work, "assay", words)
    return code if is_read else UNREAD


def _is_read(write: Callable[[], object]) -> bool:
    """Write to standard output; tell whether anybody reads it."""
    try:
        write()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python would write there as it ends
        return False
    return True


class _Parser(argparse.ArgumentParser):
    """Tells a mistake in one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="assay", description="Market data in, an honest model out.")
    parser.add_argument(DEBUG, action="store_true", help="show the traceback of an error; anywhere in the line")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    manual.add(commands)
    data.add(commands)
    features.add(commands)
    return parser
