"""Fixtures that every test may use; threads pinned before any numeric library is imported."""

from pathlib import Path

import pytest

import stages  # noqa: F401 - pins the threads

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real market data, or a skip that says where it was looked for."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"real market data not found at {SHARED}")
    return SHARED / "data"
