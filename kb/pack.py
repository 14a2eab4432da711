"""The pack's scripts and materials → typed values and every fault in them, each with file and line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import PackFaulty
from core.text import Normaliser
from core.yaml_source import Fault, Source
from kb.pack_fields import Fields
from kb.pack_materials import read_materials
from kb.terms import Answer, Material, Scope, ScriptContent
from kb.wording import wording_faults

_KNOWN = ("key", "intent", "title", "standard", "similar", "negative", "must_hit", "scope", "valid_from", "valid_until", "answers")
_SCOPES = ("models", "trims", "cities", "stores")


@dataclass(frozen=True)
class ScriptPack:
    """What a pack says: contents and materials. Only a pack without faults may be seeded."""

    contents: tuple[ScriptContent, ...]
    materials: tuple[Material, ...]


@dataclass
class _Reading:
    """What is known while the files are read one after another."""

    intents: set[str]
    scope_keys: Mapping[str, set[str]]
    materials: Mapping[str, Material] | None  # None: the file cannot be read
    faults: list[Fault]
    contents: list[ScriptContent] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)  # key → where it was first seen
    questions: dict[str, str] = field(default_factory=dict)  # plain question → where it was first seen
    plain: Normaliser = field(default_factory=Normaliser)


def read_script_pack(folder: Path, *, intents: set[str]) -> tuple[ScriptPack, list[Fault]]:
    """The scripts and materials below `folder`, and every fault. `intents` are the names that a script may carry."""
    faults: list[Fault] = []
    scope_keys = _scope_keys(folder, faults)
    material_source = _open(folder / "materials.yaml", folder, faults)
    materials = read_materials(material_source, folder, faults) if material_source else None
    reading = _Reading(intents, scope_keys, materials, faults)
    paths = sorted((folder / "scripts").glob("*.yaml"))
    if not paths:
        faults.append(Fault("scripts", 1, "there is no file in scripts/"))
    for path in paths:
        if source := _open(path, folder, faults):
            _read_file(source, reading)
    return ScriptPack(tuple(reading.contents), tuple((materials or {}).values())), faults


def _open(path: Path, folder: Path, faults: list[Fault]) -> Source | None:
    name = str(path.relative_to(folder))
    try:
        source = Source(path, name)
    except PackFaulty as error:
        where, _, reason = str(error).removeprefix(f"{name}:").partition(": ")
        faults.append(Fault(name, int(where), reason))
        return None
    faults.extend(source.repeated)
    return source


def _scope_keys(folder: Path, faults: list[Fault]) -> dict[str, set[str]]:
    """The keys that a scope may name. Those of a file that cannot be read are left out, so that no script is blamed for it."""
    keys: dict[str, set[str]] = {}
    if models := _open(folder / "models.yaml", folder, faults):
        known = _mappings(models, "models")
        keys["models"] = set(known)
        keys["trims"] = {trim for model in known.values() if isinstance(model, dict) for trim in model.get("trims") or {}}
    if stores := _open(folder / "stores.yaml", folder, faults):
        keys |= {"cities": set(_mappings(stores, "cities")), "stores": set(_mappings(stores, "stores"))}
    return keys


def _mappings(source: Source, name: str) -> dict[str, Any]:
    value = source.value.get(name) if isinstance(source.value, dict) else None
    return value if isinstance(value, dict) else {}


def _read_file(source: Source, reading: _Reading) -> None:
    if not isinstance(source.value, list):
        reading.faults.append(source.fault("expected a list of scripts"))
        return
    for at, value in enumerate(source.value):
        fields = Fields(source, (at,), value, _KNOWN, reading.faults)
        content = _read_script(fields)
        reading.contents.append(content)
        for place, reason in (*wording_faults(content), *_script_faults(content, reading)):
            fields.fault(reason, *place)
        _note_repeats(content, fields, source, at, reading)


def _read_script(fields: Fields) -> ScriptContent:
    scope = fields.below("scope", _SCOPES)
    answers = fields.each("answers", ("text", "attachments"))
    return ScriptContent(
        key=fields.text("key", required=True),
        intent=fields.text("intent", required=True),
        title=fields.text("title", required=True),
        standard=fields.text("standard", required=True),
        similar=fields.texts("similar", at_least=5),
        negative=fields.texts("negative", at_least=1),
        must_hit=fields.texts("must_hit", at_least=2),
        answers=tuple(Answer(answer.text("text"), answer.texts("attachments")) for answer in answers),
        scope=Scope(**{name: frozenset(scope.texts(name)) for name in _SCOPES}),
        valid_from=fields.day("valid_from"),
        valid_until=fields.day("valid_until"),
    )


def _script_faults(content: ScriptContent, reading: _Reading) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if content.key and not (content.key.isascii() and content.key == content.key.lower() and content.key.replace("-", "").isalnum()):
        yield ("key",), f"the key «{content.key}» may have lower-case letters, digits and hyphens only"
    if content.intent and content.intent not in reading.intents:
        yield ("intent",), f"unknown intent «{content.intent}»"
    for name, known in reading.scope_keys.items():
        for key in sorted(getattr(content.scope, name) - known):
            yield ("scope", name), f"unknown key «{key}» in scope.{name}"
    for number, answer in enumerate(content.answers):
        for key in answer.attachments:
            if reading.materials is not None and (reason := _attachment_fault(key, content, reading.materials)):
                yield ("answers", number, "attachments"), reason


def _attachment_fault(key: str, content: ScriptContent, materials: Mapping[str, Material]) -> str | None:
    if key not in materials:
        return f"unknown material «{key}»"
    ends = materials[key].valid_until
    if ends and (content.valid_until is None or content.valid_until > ends):
        return f"the material «{key}» expires on {ends}, before the script does"
    return None


def _note_repeats(content: ScriptContent, fields: Fields, source: Source, at: int, reading: _Reading) -> None:
    if content.key in reading.keys:
        fields.fault(f"the key «{content.key}» is taken at {reading.keys[content.key]}", "key")
    reading.keys[content.key] = f"{source.name}:{source.line(at)}"
    for place, question in _questions(content):
        plain = "".join(c for c in reading.plain.normalise(question).text if c.isalnum())
        if plain in reading.questions:
            fields.fault(f"the question «{question}» stands already at {reading.questions[plain]}", *place)
        reading.questions[plain] = f"{source.name}:{source.line(at, *place)}"


def _questions(content: ScriptContent) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every question that must stand in one place only: a must_hit that is also indexed would prove nothing."""
    yield ("standard",), content.standard
    for name in ("similar", "must_hit"):
        for number, question in enumerate(getattr(content, name)):
            yield (name, number), question
