"""Reading ahead: the next batch is made while the last one is used."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield items, none of them None, in their order, while a thread makes the next one.

    An error comes where its item would. What is yielded does not depend on who is faster; two items live at a time.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="assay-reader") as reader:
        coming = reader.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = reader.submit(next, items, None)
            yield item
