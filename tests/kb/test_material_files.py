"""Bytes lie where their names say, and nowhere else."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import Refused
from kb.material_files import UPLOAD, MaterialFiles
from kb.terms import Material, MaterialKind
from tests.kb.builders import NOW


@pytest.fixture
def files(tmp_path: Path) -> MaterialFiles:
    (tmp_path / "pack").mkdir()
    return MaterialFiles(tmp_path / "pack", tmp_path / "uploads")


def test_an_upload_is_found_by_the_name_that_keeping_it_gave(files: MaterialFiles) -> None:
    named = files.keep(b"bytes", ".png")
    assert named.startswith(UPLOAD)
    assert files.path(named).read_bytes() == b"bytes"
    assert files.keep(b"bytes", ".png") == named
    assert len(list(files.uploads.iterdir())) == 1


@pytest.mark.parametrize("named", ["", "../secret", "/etc/hosts", "a/../../secret", "upload:../../x.png", "upload:a.png", "upload:"])
def test_a_name_that_leads_out_of_its_folder_is_refused(files: MaterialFiles, named: str) -> None:
    with pytest.raises(Refused):
        files.path(named)


def test_the_hash_changes_with_words_and_with_bytes(files: MaterialFiles) -> None:
    (files.pack / "a.png").write_bytes(b"one")
    one = files.content_hash(Material("a", MaterialKind.IMAGE, "海报", file="a.png"))
    assert files.content_hash(Material("a", MaterialKind.IMAGE, "新海报", file="a.png")) != one
    (files.pack / "a.png").write_bytes(b"two")
    assert files.content_hash(Material("a", MaterialKind.IMAGE, "海报", file="a.png")) != one


def aged(files: MaterialFiles, named: str, age: timedelta) -> None:
    at = (NOW - age).timestamp()
    os.utime(files.path(named), (at, at))


def test_an_upload_that_nobody_took_goes_after_its_time(files: MaterialFiles) -> None:
    taken, old, fresh = (files.keep(content, ".png") for content in (b"taken", b"old", b"fresh"))
    (files.uploads / "half-written").write_bytes(b"")
    os.utime(files.uploads / "half-written", (0, 0))
    aged(files, taken, timedelta(days=9))
    aged(files, old, timedelta(days=1, seconds=1))
    aged(files, fresh, timedelta(days=1))
    assert files.tidy(lambda: {taken}, before=NOW - timedelta(days=1)) == 2
    assert {UPLOAD + path.name for path in files.uploads.iterdir()} == {taken, fresh}


def test_what_is_uploaded_again_is_as_good_as_new(files: MaterialFiles) -> None:
    named = files.keep(b"bytes", ".png")
    aged(files, named, timedelta(days=9))
    files.keep(b"bytes", ".png")
    assert files.tidy(lambda: {"upload:other.png"}, before=NOW - timedelta(days=1)) == 0


def test_a_database_without_uploads_of_its_own_clears_nobody_elses(files: MaterialFiles) -> None:
    aged(files, files.keep(b"old", ".png"), timedelta(days=9))
    assert files.tidy(lambda: {"pack/poster.png"}, before=NOW) == 0
    assert files.tidy(lambda: {"upload:other.png"}, before=NOW) == 1


def test_no_uploads_yet_is_nothing_to_tidy(files: MaterialFiles) -> None:
    assert files.tidy(set, before=NOW) == 0
