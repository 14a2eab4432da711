"""What a version says survives the way through JSON."""

import json
from dataclasses import replace

from hypothesis import given

from kb.content import content_as_json, content_from_json, content_hash, material_as_json, material_from_json
from kb.terms import Material, ScriptContent
from tests.kb.builders import script
from tests.kb.strategies import contents, materials


@given(contents)
def test_a_content_comes_back_from_json_as_it_was(content: ScriptContent) -> None:
    assert content_from_json(json.loads(json.dumps(content_as_json(content)))) == content


@given(contents)
def test_equal_contents_have_equal_hashes(content: ScriptContent) -> None:
    assert content_hash(content) == content_hash(content_from_json(content_as_json(content)))


def test_any_change_changes_the_hash() -> None:
    content = script()
    changed = [
        replace(content, title="x"),
        replace(content, similar=("x",)),
        replace(content, must_hit=("x",)),
        replace(content, answers=()),
    ]
    assert len({content_hash(other) for other in [content, *changed]}) == 5


@given(materials)
def test_a_material_comes_back_from_json_as_it_was(material: Material) -> None:
    assert material_from_json(json.loads(json.dumps(material_as_json(material))), material.content_hash) == material
