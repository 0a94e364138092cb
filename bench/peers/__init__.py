"""Peers: what users would pick instead, each in an environment of its own below ``.bench``, made when first needed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = ROOT / ".bench"
PYTHON = "3.12"


def python_of(environment: str) -> Path:
    """Return the Python of an environment; it is made of ``bench/peers/<environment>.txt`` where it is missing."""
    if not environment:
        return Path(sys.executable)
    python = ENVIRONMENTS / environment / "bin" / "python"
    if not python.exists():
        wanted = Path(__file__).parent / f"{environment}.txt"
        _uv("venv", "-q", "--python", PYTHON, str(ENVIRONMENTS / environment))
        _uv("pip", "install", "-q", "--python", str(python), "-r", str(wanted))
    return python


def _uv(*words: str) -> None:
    uv = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
    subprocess.run([uv, *words], check=True)  # noqa: S603 - our own words
