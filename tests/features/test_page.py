"""The page on features counts what the catalogue holds."""

import re
from collections import Counter
from pathlib import Path

from assay.features.catalogue import catalogue, every
from assay.features.groups import GROUPS
from assay.features.params import FeatureParams

ROOT = Path(__file__).resolve().parents[2]
ROWS = re.findall(r"^\| (`[a-z `]+`) \| (\d+)", (ROOT / "docs/features.md").read_text(), re.MULTILINE)


def test_the_table_counts_the_features_of_every_group():
    told = {tuple(re.findall(r"[a-z]+", names)): int(n) for names, n in ROWS}
    params = every(FeatureParams())
    another = params.model_copy(update={"cross": params.cross.model_copy(update={"symbols": ["OTHER"]})})
    found = Counter(entry.group for entry in catalogue(another))
    assert sorted(name for names in told for name in names) == sorted(GROUPS)
    assert told == {names: sum(found[name] for name in names) for names in told}


def test_the_page_names_every_feature_whose_memory_fades_on_ordinary_prices_alone():
    """And no other, but for those that take volumes as they are."""
    text = (ROOT / "docs/features.md").read_text().partition("- After a move thousands of times")[2]
    named = {*re.findall(r"`([a-z_0-9]+)`", text.partition("- `ta_nvi_14`")[0])} - {*GROUPS}
    assert named == {entry.name for entry in catalogue(every(FeatureParams())) if not entry.fades}


def test_the_front_page_counts_the_groups():
    assert f"in {len(GROUPS)} groups" in (ROOT / "README.md").read_text()
