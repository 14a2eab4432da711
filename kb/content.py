"""Pure: what one version of a script says, and what a material is, as JSON and back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.fingerprint import fingerprint
from kb.terms import Answer, Material, MaterialKind, Scope, ScriptContent


def content_as_json(content: ScriptContent) -> dict[str, Any]:
    """Plain data that `content_from_json` turns back into an equal content."""
    return {
        "key": content.key,
        "intent": content.intent,
        "title": content.title,
        "standard": content.standard,
        "similar": list(content.similar),
        "negative": list(content.negative),
        "must_hit": list(content.must_hit),
        "answers": [{"text": answer.text, "attachments": list(answer.attachments)} for answer in content.answers],
        "scope": {name: sorted(getattr(content.scope, name)) for name in ("models", "trims", "cities", "stores")},
        "valid_from": _day_as_json(content.valid_from),
        "valid_until": _day_as_json(content.valid_until),
    }


def content_from_json(data: Mapping[str, Any]) -> ScriptContent:
    """The content that `content_as_json` was given."""
    return ScriptContent(
        key=data["key"],
        intent=data["intent"],
        title=data["title"],
        standard=data["standard"],
        similar=tuple(data["similar"]),
        negative=tuple(data["negative"]),
        must_hit=tuple(data["must_hit"]),
        answers=tuple(Answer(answer["text"], tuple(answer["attachments"])) for answer in data["answers"]),
        scope=Scope(**{name: frozenset(keys) for name, keys in data["scope"].items()}),
        valid_from=_day_from_json(data["valid_from"]),
        valid_until=_day_from_json(data["valid_until"]),
    )


def content_hash(content: ScriptContent) -> str:
    """Equal for equal contents, on every machine."""
    return fingerprint(content_as_json(content))


def material_as_json(material: Material) -> dict[str, Any]:
    """Everything about a material but its hash."""
    texts = ("key", "kind", "title", "file", "url", "desc", "thumb", "appid", "pagepath")
    return {name: str(getattr(material, name)) for name in texts} | {"valid_until": _day_as_json(material.valid_until)}


def material_from_json(data: Mapping[str, Any], content_hash: str) -> Material:
    """The material that `material_as_json` was given."""
    read = {"kind": MaterialKind(data["kind"]), "valid_until": _day_from_json(data["valid_until"]), "content_hash": content_hash}
    return Material(**{**data, **read})


def _day_as_json(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day_from_json(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
