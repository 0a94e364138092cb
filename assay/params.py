"""The only reader of ``params.yaml``: one typed class per block, unknown names refused."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError, create_model
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from assay.errors import ParamsError
from assay.types import Params

PATH = Path("params.yaml")
BLOCKS = (
    "instrument",
    "data",
    "session",
    "bars",
    "features",
    "labels",
    "splits",
    "hmm",
    "models",
    "models.meta",
    "costs",
    "walkforward",
    "backtest",
    "montecarlo",
    "report",
    "transport",
    "compute",
)
"""Every block a stage may load, in the order of the file; a dotted block is not part of its parent."""

P = TypeVar("P", bound=Params)
_BOUNDS = ("greater_than", "greater_than_equal", "less_than", "less_than_equal", "finite_number")


class RunParams(Params):
    """Name and seed of the run: top-level values."""

    name: str = Field("es-sample", min_length=1, description="Name of the experiment, shown in the report.")
    seed: int = Field(
        7, ge=0, lt=2**32, description="Where all randomness starts; every use has a child seed of its own."
    )


def load(block: str, model: type[P], path: Path = PATH) -> P:
    """Return one block of ``params.yaml`` as its frozen class.

    Raises
    ------
    ParamsError
        If the file cannot be read, the block is missing, or a name or value in it is not allowed.
    """
    found = _block(block, path)
    if not isinstance(found, dict):
        raise ParamsError(path, f"{block} must be a block of parameters", repr(found), "see `assay explain`")
    return _validated(found, block, model, path)


def load_field(block: str, model: type[Params], name: str, path: Path = PATH) -> Any:
    """Return one field of a block under all rules of that field, whatever else the block holds.

    Rules that hold between the fields of a block are for those who load the block.
    """
    field = model.model_fields[name]
    alone = create_model(model.__name__, __base__=Params, **{name: (field.annotation, field)})  # type: ignore[call-overload]
    found = _block(f"{block}.{name}".lstrip("."), path)
    return getattr(_validated({name: found}, block, alone, path), name)


def seed(path: Path = PATH) -> int:
    """Return the seed of the run."""
    return load_field("", RunParams, "seed", path)


def read(path: Path = PATH) -> dict[str, Any]:
    """Return the whole of ``params.yaml`` as plain values; unknown top-level names are refused."""
    try:
        tree = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ParamsError(path, "must be there", "no file", "run this in the folder of a project") from None
    except (OSError, ValueError, YAMLError) as error:
        raise ParamsError(path, "must be readable YAML", _line(error), "correct it, or restore it from git") from None
    if not isinstance(tree, dict):
        raise ParamsError(path, "must hold blocks of parameters", type(tree).__name__, "restore it from git")
    known = [*RunParams.model_fields, *(block for block in BLOCKS if "." not in block)]
    for name in tree:
        if name not in known:
            raise ParamsError(path, "unknown parameter", name, _hint(str(name), known))
    return tree


def _validated(found: dict[str, Any], block: str, model: type[P], path: Path) -> P:
    try:
        return model.model_validate(found)
    except ValidationError as error:
        raise _explained(error, block, model, path) from None


def _block(block: str, path: Path) -> Any:
    """Walk to a block and take out the blocks below it that stand for themselves."""
    here: Any = read(path)
    for part in block.split("."):
        if not isinstance(here, dict) or part not in here:
            raise ParamsError(path, "missing block", block, "restore it from git or `assay explain`")
        here = here[part]
    below = {name.removeprefix(f"{block}.") for name in BLOCKS if name.startswith(f"{block}.")}
    return {k: v for k, v in here.items() if k not in below} if isinstance(here, dict) else here


def _explained(error: ValidationError, block: str, model: type[BaseModel], path: Path) -> ParamsError:
    """Turn pydantic's first complaint into one line with the nearest known name."""
    first = _telling(error.errors())
    place, known = _place(model, [str(part) for part in first["loc"]])
    where = ".".join([block, *place]).lstrip(".")
    if first["type"] == "extra_forbidden":
        return ParamsError(path, "unknown parameter", where, _hint(place[-1], known))
    rule = first["msg"].removeprefix("Value error, ")
    rule = f"{where}: {rule[:1].lower()}{rule[1:]}"
    return ParamsError(path, rule, _found(first, rule), f"see `assay explain {where}`")


def _found(fault: ErrorDetails, rule: str) -> str:
    """Return what was given; of a block that breaks a rule of ours only the parameters that the rule names, if any."""
    names = _names(fault["input"]) if fault["type"] == "value_error" else ()
    told = [f"{name} = {value!r}" for name, value in names if re.search(rf"(?<![\w.]){re.escape(name)}(?!\.?\w)", rule)]
    return ", ".join(told) or repr(fault["input"])


def _names(given: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the dotted names in a block and their values; of what is no block none."""
    for name, value in given.items() if isinstance(given, dict) else ():
        yield f"{above}{name}", value
        yield from _names(value, f"{above}{name}.")


def _telling(faults: Sequence[ErrorDetails]) -> ErrorDetails:
    """Return the first complaint; where a parameter has several types, of its complaints one about a bound."""
    first = faults[0]
    same = [fault for fault in faults if fault["loc"][:-1] == first["loc"][:-1] and first["type"] == "literal_error"]
    return next((fault for fault in same if fault["type"] in _BOUNDS), first)


def _place(model: type[BaseModel], parts: list[str]) -> tuple[list[str], list[str]]:
    """Return the names down to the parameter, without the parts of its type, and the names known beside it."""
    if not parts:
        return [], []
    known = list(model.model_fields)
    inner = model.model_fields[parts[0]].annotation if parts[0] in known else None
    if isinstance(inner, type) and issubclass(inner, BaseModel) and parts[1:]:
        below, known = _place(inner, parts[1:])
        return [parts[0], *below], known
    return parts[:1], known


def _hint(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
