"""A page may be left while a dialog of it is open: then the dialog is gone already when its answer is waited for no more."""

import re
from pathlib import Path

import admin

FOLDER = Path(admin.__file__).parent


def test_every_dialog_is_asked_and_put_away_in_one_place() -> None:
    alone = [
        path.name
        for path in sorted(FOLDER.rglob("*.py"))
        if path.name != "dialog.py" and re.search(r"await dialog\b|\bdialog\.delete\(", path.read_text("utf-8"))
    ]
    assert alone == []
