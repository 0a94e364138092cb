"""Rules of the house that neither a type nor an import shows: bytes that depend on the machine, and short bodies."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
RUFF = Path(sys.executable).parent / "ruff"
FILES = sorted([*(ROOT / "assay").rglob("*.py"), *(ROOT / "stages").rglob("*.py")])
LONGEST_BODY = 30
LONGEST_FILE = 220
BANNED = """\
import numpy as np
from hmmlearn import hmm
from numpy import linalg
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression
np.log(x)
np.exp(x)
np.log1p(x)
np.expm1(x)
np.power(x, 1.5)
np.tanh(x)
np.arctan(x)
np.dot(x, y)
np.linalg.lstsq(x, y)
np.convolve(x, y)
np.corrcoef(x, y)
"""
ALLOWED = "import numpy as np\nnp.sqrt(x) + np.sin(x) + np.cos(x) + np.sum(x) + np.quantile(x, 0.5)\n"


def banned(code: str, path: str) -> list[int]:
    """Return the lines of code that use a banned function, were it at a path of the project."""
    command = [RUFF, "check", "--no-cache", "--output-format", "json", "--stdin-filename", path, "-"]
    done = subprocess.run(command, cwd=ROOT, input=code, capture_output=True, text=True, check=False)
    return [fault["location"]["row"] for fault in json.loads(done.stdout) if fault["code"] == "TID251"]


@pytest.mark.parametrize("path", ["assay/learn/planted.py", "stages/planted.py"])
def test_ruff_refuses_functions_whose_last_bits_depend_on_the_machine(path):
    assert banned(BANNED, path) == list(range(2, len(BANNED.splitlines()) + 1))
    assert banned(ALLOWED, path) == []


def test_tests_may_compare_with_them():
    assert banned(BANNED, "tests/planted.py") == []


def machine_dependent(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of what no name gives away: ``@``, ``x.dot``, powers of arrays, parallel or inexact kernels.

    A power is safe where numpy multiplies (2), where its base is a literal and so no array, and in a kernel.
    """
    in_kernels = {inner for outer in ast.walk(tree) if is_kernel(outer) for inner in ast.walk(outer)}
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(op=ast.MatMult()) | ast.AugAssign(op=ast.MatMult()):
                yield node.lineno
            case ast.Attribute(attr="dot") | ast.keyword(arg="fastmath" | "parallel"):
                yield node.lineno
            case ast.BinOp(op=ast.Pow(), left=ast.Constant()) | ast.BinOp(op=ast.Pow(), right=ast.Constant(value=2)):
                pass
            case ast.BinOp(op=ast.Pow()) | ast.AugAssign(op=ast.Pow()) if node not in in_kernels:
                yield node.lineno


def is_kernel(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any("njit" in ast.unparse(one) for one in node.decorator_list)


@pytest.mark.parametrize(
    "code",
    [
        "x @ y",
        "x @= y",
        "x.dot(y)",
        "x ** 0.3",
        "x **= 3",
        "x ** y",
        "njit(fastmath=True)",
        "@njit(cache=True, parallel=True)\ndef f(x): ...",
    ],
)
def test_planted_machine_dependence_is_found(code):
    assert list(machine_dependent(ast.parse(code))) == [1]


@pytest.mark.parametrize("code", ["x ** 2", "10**12", "2.0 ** -n", "@njit(cache=True)\ndef f(x):\n    return x ** 0.3"])
def test_exact_powers_are_allowed(code):
    assert list(machine_dependent(ast.parse(code))) == []


def test_no_output_depends_on_the_machine_through_an_operator_or_a_method():
    assert {f"{path.relative_to(ROOT)}:{line}" for path in FILES for line in machine_dependent(parsed(path))} == set()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def lengths(tree: ast.Module) -> dict[str, int]:
    """Return the lines of each body: without its docstring, and a list or a dict of data counted as one line."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return {f"{function.lineno}:{function.name}": _length(function) for function in functions}


def _length(function: ast.FunctionDef) -> int:
    body = function.body[ast.get_docstring(function) is not None :]
    lines = {line for part in body for line in range(part.lineno, part.end_lineno + 1)}
    tables = [node for part in body for node in ast.walk(part) if isinstance(node, ast.List | ast.Dict)]
    return len(lines - {line for table in tables for line in range(table.lineno + 1, table.end_lineno + 1)})


BY_HAND = '''
def f(x):
    """Say what.

    And more.
    """
    y = [
        1,
        2,
    ]

    return (
        y
    )
'''


def test_lengths_by_hand():
    assert lengths(ast.parse(BY_HAND)) == {"2:f": 4}
    assert lengths(ast.parse("def f(x):" + "\n    x += 1" * 31)) == {"1:f": 31}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_bodies_and_files_are_short(path):
    assert {name: n for name, n in lengths(parsed(path)).items() if n > LONGEST_BODY} == {}
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.xdist_group("here")
def test_tests_of_a_group_run_on_one_worker(request):
    """Some versions of pytest and pytest-xdist ignore groups together, and each worker makes the same pipelines."""
    grouped = getattr(request.config.option, "loadgroup", False)
    assert request.node.nodeid.endswith("@here" if grouped else "_worker")
