"""Fixtures that every test may use; threads pinned before any numeric library is imported."""

from pathlib import Path

import pytest

import stages  # noqa: F401 - pins the threads

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


def pytest_make_parametrize_id(val, argname):
    """Name bytes by their argument: some hold the time at which they were packed, and workers must agree on names."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real market data, or a skip that says where it was looked for."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"real market data not found at {SHARED}")
    return SHARED / "data"


@pytest.fixture
def interpreted(monkeypatch):
    """Return a function that puts the source of every compiled kernel that some modules know in its place."""

    def replace(*modules):
        kernels = [(module, name, one) for module in modules for name, one in vars(module).items()]
        found = [(module, name, one.py_func) for module, name, one in kernels if hasattr(one, "py_func")]
        assert {module for module, *_ in found} == set(modules)
        for module, name, source in found:
            monkeypatch.setattr(module, name, source)

    return replace
