"""The version of the catalogue is raised where values change; kept ones tell that, not whether they are right."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from assay.features.catalogue import VERSION

from .golden import ENTRIES, FILE, RAISE, changed, digest, market, read, renewed, text, told

NAMED = {entry.name: entry for entry in ENTRIES}
OWN, TALIB = NAMED["log_return_1"], NAMED["rsi_14"]


@pytest.fixture(scope="module")
def x():
    return market()


def test_no_value_changed_while_the_version_did_not(x):
    kept = read()
    again = "run python -m tests.features.golden"
    assert kept["version"] == VERSION, f"the golden values are of version {kept['version']}: {again}"
    assert kept["market"] == digest(x), f"the made market of the golden values is another one: {again}"
    assert [*kept["values"]] == [*NAMED], f"entries were added, dropped or moved: {again}"
    names = changed(ENTRIES, kept["values"], told(ENTRIES, x))
    assert names == [], f"{', '.join(names)}: values changed; {RAISE}"


def test_a_last_bit_of_an_own_kernel_is_a_change_and_rounding_of_talib_is_none(x):
    kept = read()["values"]
    bit = np.nextafter(np.float32(kept[OWN.name][0]), np.float32(1))
    found = kept | {OWN.name: [float(bit), *kept[OWN.name][1:]]}
    assert changed(ENTRIES, kept, found) == [OWN.name]
    for off, names in ((1e-7, []), (1e-5, [TALIB.name])):
        assert changed(ENTRIES, kept, kept | {TALIB.name: [v * (1 + off) for v in kept[TALIB.name]]}) == names
    assert changed(ENTRIES, kept, kept | {OWN.name: [None] * 8}) == [OWN.name]


def test_values_are_written_anew_under_another_version_alone(x):
    kept = {"version": VERSION, "market": digest(x), "values": told([OWN], x)}
    other = replace(OWN, function=lambda x: -OWN.function(x))
    with pytest.raises(
        ValueError, match=r"^log_return_1: values changed; raise VERSION in assay/features/catalogue\.py"
    ):
        renewed(kept, [other], x, VERSION)
    raised = renewed(kept, [other, TALIB], x, VERSION + 1)
    assert raised["version"] == VERSION + 1
    assert raised["values"][OWN.name] == [-value for value in kept["values"][OWN.name]]
    assert [*renewed(kept, [OWN, TALIB], x, VERSION)["values"]] == [OWN.name, TALIB.name]
    assert json.loads(text(raised)) == raised


def test_the_file_is_small():
    assert FILE.stat().st_size <= 60_000
