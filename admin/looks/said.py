"""What was said, as pages show it: phone numbers hidden, a material under its title."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.parts.phones import masked
from bot.models import Utterance
from kb.models import MaterialRow

_SENT = "[素材] "  # what stands before a material's key in a transcript


def titles_in(session: Session, lines: Sequence[Utterance]) -> dict[str, str]:
    """Key → title of the materials that were sent in these lines."""
    keys = {_key(line) for line in lines if line.kind == "material"}
    found = session.execute(select(MaterialRow.key, MaterialRow.data["title"].as_string()).where(MaterialRow.key.in_(keys))) if keys else ()
    return {str(key): str(title or key) for key, title in found}


def said(line: Utterance, titles: Mapping[str, str]) -> str:
    """The words of a line; a material that is gone keeps its key. A text keeps its length, so that places in it stay right."""
    return _SENT + titles.get(_key(line), _key(line)) if line.kind == "material" else masked(line.words)


def _key(line: Utterance) -> str:
    return line.words.removeprefix(_SENT)
