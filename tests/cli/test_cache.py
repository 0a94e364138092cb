"""``assay cache`` where files of the cache are odd: one line that names the file, whatever the system says."""

from pathlib import Path

import pytest

from assay.cli import main
from assay.errors import DataError
from assay.sources.transport import receipts
from tests.sources.conftest import bars, project  # noqa: F401 - fixtures
from tests.sources.project import command

RANGE = {"source": "polygon", "cache": "cache", "start": "2024-01-02", "end": "2024-01-09"}


@pytest.fixture
def filled(project, bars):  # noqa: F811
    """A project whose raw cache holds three files; the folder of the cache."""
    project.run("S0", endpoint=bars.url, **RANGE)
    return project.folder / "cache"


@pytest.mark.parametrize("does", ["ls", "verify"])
def test_a_folder_in_place_of_a_receipt_is_one_line(filled, capsys, does):
    (filled / ".receipts/odd.json").mkdir()
    status, _, said = command(capsys, "cache", does)
    assert status == 1
    assert said.startswith("assay: cache/.receipts/odd.json: must be readable; found Is a directory; ")
    assert said.count("\n") == 1


def test_a_receipt_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "odd.json").mkdir()
    with pytest.raises(DataError, match=r"odd\.json: must be readable; found Is a directory"):
        receipts.read(tmp_path / "odd.json")


def test_prune_names_the_file_that_it_may_not_remove_and_how_many_are_gone(filled, capsys, monkeypatch):
    first, second, *_ = sorted(path for path in filled.glob("v2/**/*.json"))
    unlink = Path.unlink

    def refuse(path, **options):
        if path.name == second.name:
            raise PermissionError(13, "Permission denied", str(path))
        unlink(path, **options)

    monkeypatch.setattr(Path, "unlink", refuse)
    status, _, said = command(capsys, "cache", "prune", "--older-than", "0")
    assert status == 1
    where = second.relative_to(filled.parent)
    assert said.startswith(f"assay: {where}: must be removable; found Permission denied, after 1 of 3 files; ")
    assert said.count("\n") == 1
    assert not first.exists()


def test_a_fault_of_the_program_is_one_line_and_a_traceback_with_debug(filled, capsys, monkeypatch):
    def broken(*_):
        raise KeyError("x")

    monkeypatch.setattr("assay.sources.transport.admin.ls", broken)
    status, _, said = command(capsys, "cache", "ls")
    assert status == 1
    assert said.startswith("assay: test_cache.py:")
    assert "found KeyError 'x'; run it again with --debug" in said
    with pytest.raises(KeyError):
        main(["cache", "ls", "--debug"])
