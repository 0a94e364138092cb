"""JSON has sorted keys and exact numbers, or is refused."""

import pytest

from assay import store
from assay.errors import DataError


def test_json_has_sorted_keys_and_exact_floats(tmp_path):
    store.write_json(tmp_path / "x.json", {"b": 0.1 + 0.2, "a": None})
    assert (tmp_path / "x.json").read_text() == '{\n  "a": null,\n  "b": 0.30000000000000004\n}\n'
    assert store.read_json(tmp_path / "x.json") == {"a": None, "b": 0.30000000000000004}


def test_json_refuses_nan_and_keeps_the_old_file(tmp_path):
    store.write_json(tmp_path / "x.json", 1)
    with pytest.raises(DataError, match="finite numbers only"):
        store.write_json(tmp_path / "x.json", float("nan"))
    assert store.read_json(tmp_path / "x.json") == 1
