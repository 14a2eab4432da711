"""Files and functions stay small (STYLE §5)."""

import ast
from pathlib import Path
from statistics import median, quantiles

from tests.house.tree import files, functions, modules, product, relative

CODE = (".py", ".js", ".css", ".html")
FILE_AT_MOST = 300
FUNCTION_AT_MOST = 50
MEDIAN_AT_MOST = 8
NINE_OF_TEN_AT_MOST = 25


def is_generated(path: Path) -> bool:
    """Migrations: Alembic writes them, nobody edits or reads them as a whole."""
    return relative(path).startswith("core/migrations/versions/")


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_a_file_fits_in_a_reader_s_head() -> None:
    lines = {
        relative(path): len(path.read_text("utf-8").splitlines()) for path in files() if path.suffix in CODE and not is_generated(path)
    }
    long = {name: count for name, count in lines.items() if count > FILE_AT_MOST}
    assert not long, f"more than {FILE_AT_MOST} lines, split them by deed: {long}"


def test_a_function_fits_on_a_screen() -> None:
    long = [
        f"{module.name}:{function.lineno} {function.name}"
        for module in modules()
        if not is_generated(module.path)
        for function in functions(module.tree)
        if length(function) > FUNCTION_AT_MOST
    ]
    assert not long, f"longer than {FUNCTION_AT_MOST} lines: {long}"


def test_most_functions_are_short() -> None:
    found = [length(function) for module in product() if not is_generated(module.path) for function in functions(module.tree)]
    assert median(found) <= MEDIAN_AT_MOST, f"half of all functions have more than {MEDIAN_AT_MOST} lines"
    assert quantiles(found, n=10)[-1] <= NINE_OF_TEN_AT_MOST, f"one function in ten has more than {NINE_OF_TEN_AT_MOST} lines"
