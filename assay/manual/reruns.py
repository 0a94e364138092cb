"""Which stages a change of a parameter reruns, read from ``dvc.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from assay.errors import StoreError

DVC = Path("dvc.yaml")


def stages(path: Path = DVC) -> dict[str, dict[str, Any]]:
    """Return the stages of ``dvc.yaml`` in the order of the file."""
    try:
        return dict(YAML(typ="safe").load(path.read_text(encoding="utf-8"))["stages"])
    except OSError as error:
        raise StoreError(path, "must exist", error.strerror, "run this in the folder of the pipeline") from None


def reruns(key: str, pipeline: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the stages that a change of ``key`` reruns: those that declare it, and all that follow from them."""
    touched = {name for name, stage in pipeline.items() if any(_covers(p, key) for p in stage.get("params", []))}
    grown = True
    while grown:
        later = {name for name, stage in pipeline.items() if any(_reads(stage, pipeline[other]) for other in touched)}
        grown = not later <= touched
        touched |= later
    return [name for name in pipeline if name in touched]


def written(stage: Mapping[str, Any]) -> list[str]:
    """Return the paths a stage writes, metrics and plots included."""
    entries = [entry for kind in ("outs", "metrics", "plots") for entry in stage.get(kind, [])]
    return [next(iter(entry)) if isinstance(entry, dict) else entry for entry in entries]


def _covers(declared: str, key: str) -> bool:
    return declared == key or key.startswith(f"{declared}.") or declared.startswith(f"{key}.")


def _reads(stage: Mapping[str, Any], earlier: Mapping[str, Any]) -> bool:
    return any(dep == out or dep.startswith(f"{out}/") for dep in stage.get("deps", []) for out in written(earlier))
