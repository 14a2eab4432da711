"""The repository as the house rules see it: its files, its Python modules, and who imports whom."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("core", "customers", "intents", "kb", "bot", "sop", "admin")
# Composition roots: they know everything and nobody knows them.
ROOTS = ("main", "run", "bench")

_CACHES = {".git", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "__pycache__", "node_modules"}
_PRODUCED = {"build", "data", "dist"}  # at the top only: what running the product leaves behind
_BINARY = {".png", ".jpg", ".jpeg", ".gif", ".ico", ".pdf", ".mp4", ".amr", ".xlsx", ".woff2", ".db"}


@dataclass(frozen=True)
class Import:
    """One imported module, the line that does it, and whether it hides inside a function."""

    module: str
    line: int
    hidden: bool

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]


@dataclass(frozen=True)
class Module:
    """One Python file."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def dotted(self) -> str:
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def package(self) -> str:
        return self.dotted.partition(".")[0]

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.name)

    @cached_property
    def docstring(self) -> str:
        return ast.get_docstring(self.tree) or ""

    @property
    def is_pure(self) -> bool:
        return self.docstring.startswith("Pure:")

    @cached_property
    def imports(self) -> list[Import]:
        hidden = {node for function in functions(self.tree) for node in ast.walk(function)}
        return [
            Import(name, node.lineno, node in hidden)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in _imported(node, self)
        ]

    @cached_property
    def calls(self) -> list[ast.Call]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function below this node, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@cache
def files() -> list[Path]:
    """Every file that is, or could be, in the repository; nothing that a run leaves behind."""
    found: list[Path] = []
    for folder, below, names in os.walk(ROOT):
        produced = _PRODUCED if Path(folder) == ROOT else set()
        below[:] = sorted(name for name in below if name not in _CACHES | produced and not name.endswith(".egg-info"))
        found += [Path(folder, name) for name in sorted(names) if name != ".env" and not name.endswith((".pyc", ".log"))]
    return found


def text_files() -> list[Path]:
    """The files that people read and write."""
    return [path for path in files() if path.suffix not in _BINARY]


@cache
def modules() -> list[Module]:
    """Every Python file, tests included."""
    return [Module(path) for path in files() if path.suffix == ".py"]


def product() -> list[Module]:
    """Every Python file but the tests."""
    return [module for module in modules() if module.package != "tests"]


def in_tests() -> list[Module]:
    """The Python files of the tests."""
    return [module for module in modules() if module.package == "tests"]


@cache
def ours() -> dict[str, Module]:
    """Our modules by dotted name."""
    return {module.dotted: module for module in modules()}


def relative(path: Path) -> str:
    """As a message names it."""
    return path.relative_to(ROOT).as_posix()


def _imported(node: ast.Import | ast.ImportFrom, module: Module) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    package = module.dotted.split(".") if module.path.stem == "__init__" else module.dotted.split(".")[:-1]
    base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])]) if node.level else node.module or ""
    # `from bot import outbox` names a module of ours, `from bot.outbox import enqueue` something inside one.
    yield from {f"{base}.{alias.name}" if f"{base}.{alias.name}" in ours() else base for alias in node.names}
