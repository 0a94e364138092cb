import re

import pytest

from assay.errors import StoreError
from assay.store import read_module


@pytest.fixture
def own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def test_a_module_is_read_with_those_beside_it(own):
    (own / "helper.py").write_text("VALUE = 7\n")
    (own / "mine.py").write_text("from own.helper import VALUE\n")
    module, sha256 = read_module("own.mine")
    assert module.VALUE == 7
    assert re.fullmatch("[0-9a-f]{64}", sha256)


def test_what_changed_is_read_anew_and_has_another_hash_whichever_file_it_is(own):
    (own / "helper.py").write_text("VALUE = 7\n")
    (own / "mine.py").write_text("from own.helper import VALUE\n")
    first = read_module("own.mine")
    assert read_module("own.mine")[1] == first[1]
    (own / "helper.py").write_text("VALUE = 123\n")
    second = read_module("own.mine")
    assert (second[0].VALUE, first[0].VALUE) == (123, 7)
    assert second[1] != first[1]


def test_the_same_code_has_the_same_hash_in_another_folder(own, tmp_path, monkeypatch):
    (own / "mine.py").write_text("VALUE = 1\n")
    first = read_module("own.mine")[1]
    (tmp_path / "elsewhere" / "own").mkdir(parents=True)
    (tmp_path / "elsewhere" / "own" / "mine.py").write_text("VALUE = 1\n")
    monkeypatch.chdir(tmp_path / "elsewhere")
    module, second = read_module("own.mine")
    assert second == first
    assert "elsewhere" in module.__file__


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("x = (\n", "SyntaxError in line 1"),
        ("\nimport nothing_of_this_name\n", "ModuleNotFoundError in line 2: No module named 'nothing_of_this_name'"),
        ("\n\nx = 1 / 0\n", "ZeroDivisionError in line 3"),
        ("\nraise SystemExit(0)\n", "SystemExit in line 2: 0"),
    ],
)
def test_what_cannot_be_imported_is_one_line_with_file_and_line(own, code, found):
    (own / "mine.py").write_text(code)
    with pytest.raises(StoreError, match=found) as error:
        read_module("own.mine")
    assert str(error.value).startswith("own/mine.py: ")
    assert "\n" not in str(error.value)


def test_a_module_that_is_not_there_is_one_line(own):
    with pytest.raises(StoreError, match=r"own/mine.py: must be there, as a parameter names own\.mine"):
        read_module("own.mine")
