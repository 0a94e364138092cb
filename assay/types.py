"""What every layer shares: types of arrays, parameter classes, and what shells hand to the core."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

Floats: TypeAlias = NDArray[np.float64]
Singles: TypeAlias = NDArray[np.float32]
Ints: TypeAlias = NDArray[np.int64]
Signs: TypeAlias = NDArray[np.int8]
Flags: TypeAlias = NDArray[np.bool_]

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S", bound=np.generic)


def read_only(array: NDArray[S]) -> NDArray[S]:
    """Return a view that cannot be written to: one type of array, whatever its source, compiles a kernel once."""
    view = array.view()
    view.flags.writeable = False
    return view


def frozen(made: Any) -> Any:
    """Return arrays, or lists, tuples and dictionaries of them, as views that cannot be written to."""
    if isinstance(made, np.ndarray):
        return read_only(made)
    if type(made) is dict:
        return {key: frozen(one) for key, one in made.items()}
    return type(made)(map(frozen, made)) if type(made) in (list, tuple) else made


class Params(BaseModel):
    """One block of ``params.yaml``: typed, frozen, and strict about names and types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Executor(Protocol):
    """Runs one function over many items; results come back in the order of the items."""

    def map(self, function: Callable[[T], R], items: Iterable[T], label: str) -> list[R]:
        """Return ``[function(item) for item in items]``, whatever the number of workers."""
        ...
