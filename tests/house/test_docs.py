"""What the code has, the documents name; what the documents name, the code has (STYLE §3.12)."""

import ast
import re
from collections.abc import Iterator

from core.db import Base
from core.settings import PREFIX, Settings
from tests.house.tree import PACKAGES, ROOT, files, modules, product, relative

DOCS = {relative(path): path.read_text("utf-8") for path in files() if path.suffix == ".md"}
SETTINGS = {PREFIX + name.upper() for name in Settings.model_fields}
TABLES = sorted(mapper.class_.__name__ for mapper in Base.registry.mappers)
WORDS = sorted(
    node.name
    for module in product()
    if module.path.name == "terms.py" and module.package != "bot"
    for node in module.tree.body
    if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
)


def document(name: str) -> str:
    assert name in DOCS, f"{name} is missing"
    return DOCS[name]


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z0-9-]*):(?!=)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def settings_named(text: str) -> set[str]:
    return set(re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b", text))


def undocumented(body: list[ast.stmt], owner: str = "") -> Iterator[str]:
    """Public functions and classes without a docstring; a Protocol's methods are told by the Protocol's own."""
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node) and not any(ast.unparse(d) in ("overload", "property") for d in node.decorator_list):
            yield f"{node.lineno} {owner}{node.name}"
        if isinstance(node, ast.ClassDef) and "Protocol" not in map(ast.unparse, node.bases):
            yield from undocumented(node.body, f"{node.name}.")


def test_every_module_opens_with_a_sentence() -> None:
    wrong = [module.name for module in modules() if not re.search(r"[.?!:]( \([^()]*\))?$", module.docstring.partition("\n\n")[0])]
    assert not wrong, f"their docstrings do not open with a sentence that says what they are: {wrong}"


def test_what_is_public_says_what_it_means() -> None:
    silent = [f"{module.name}:{name}" for module in product() for name in undocumented(module.tree.body)]
    assert not silent, f"public, but without a docstring: {silent}"


def test_every_setting_is_explained() -> None:
    missing = SETTINGS - settings_named(document("docs/settings.md"))
    assert not missing, f"docs/settings.md does not explain {sorted(missing)}"


def test_documents_name_no_setting_that_does_not_exist() -> None:
    wrong = {name: sorted(ghosts) for name, text in DOCS.items() if (ghosts := settings_named(text) - SETTINGS)}
    assert not wrong, f"no such settings: {wrong}"


def test_every_make_target_is_explained() -> None:
    documents = document("README.md") + "".join(text for name, text in DOCS.items() if name.startswith("docs/"))
    missing = [target for target in make_targets() if not re.search(rf"make {target}\b", documents)]
    assert not missing, f"neither README.md nor docs/ say what these do: {missing}"


def test_documents_name_no_make_target_that_does_not_exist() -> None:
    wrong = {
        name: sorted(ghosts) for name, text in DOCS.items() if (ghosts := set(re.findall(r"`make ([a-z][a-z-]*)", text)) - make_targets())
    }
    assert not wrong, f"no such targets: {wrong}"


def test_every_package_is_on_the_map() -> None:
    architecture = document("docs/architecture.md")
    missing = [name for name in [*PACKAGES, "bot/wecom", "bot/sandbox", "packs", "tests"] if f"{name}/" not in architecture]
    assert not missing, f"docs/architecture.md does not mention {missing}"


def test_every_table_and_every_word_is_in_the_glossary() -> None:
    glossary = document("docs/glossary.md")
    missing = [word for word in [*TABLES, *WORDS] if f"`{word}`" not in glossary]
    assert not missing, f"docs/glossary.md does not explain {missing}"


def test_links_lead_somewhere() -> None:
    links = [(name, link) for name, text in DOCS.items() for link in re.findall(r"\]\(([^)#\s]+)", text) if ":" not in link]
    dead = [f"{name}: {link}" for name, link in links if not (ROOT / name).parent.joinpath(link).exists()]
    assert not dead, f"links to nothing: {dead}"


def test_documents_that_code_points_to_are_there() -> None:
    named = [(module.name, name) for module in modules() for name in re.findall(r"\bdocs/[\w/.-]*\w", module.text)]
    dead = sorted({f"{module}: {name}" for module, name in named if not list(ROOT.glob(f"{name}*"))})
    assert not dead, f"no such documents: {dead}"
