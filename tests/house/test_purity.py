"""A file that calls itself pure is pure; the time, and errors of every kind, are met in few places (STYLE §3)."""

import ast
import sys

from tests.house.tree import ROOTS, Module, functions, in_tests, ours, product

# The standard library's ways to the outside.
OUTSIDE = {
    *("asyncio", "concurrent", "ctypes", "ftplib", "glob", "http", "importlib", "io", "logging", "multiprocessing", "os", "pathlib"),
    *("queue", "random", "secrets", "select", "shutil", "signal", "smtplib", "socket", "sqlite3", "ssl", "subprocess", "sys"),
    *("tempfile", "threading", "time", "urllib", "uuid", "webbrowser"),
}
# Libraries that only compute.
COMPUTES = {"numpy", "cryptography", "defusedxml"}
ASKS_THE_TIME = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "func.now", "func.current_timestamp"),
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime"),
}
MEASURES_A_SPAN = {"time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns"}
BROAD = {"Exception", "BaseException"}
BROAD_AT_MOST = 4
NO_TEST_SAYS = {
    *("monkeypatch.setattr", "pytest.skip", "pytest.xfail", "pytest.importorskip", "unittest.skip"),
    *("pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail"),
}


def pure() -> list[Module]:
    return [module for module in product() if module.is_pure]


def is_broad(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or bool(BROAD & {ast.unparse(node) for node in ast.walk(handler.type)})


def has_comment(module: Module, handler: ast.ExceptHandler) -> bool:
    return any("#" in line for line in module.text.splitlines()[handler.lineno - 2 : handler.body[0].lineno])


def may_measure_spans(module: Module) -> bool:
    return module.package in ROOTS or module.name.startswith("bot/sandbox/")


def full_name(module: Module, function: ast.expr) -> str:
    """`monotonic` is `time.monotonic` where it was imported from there."""
    name = ast.unparse(function)
    from_time = (node for node in module.tree.body if isinstance(node, ast.ImportFrom) and node.module == "time")
    return f"time.{name}" if name in {alias.name for node in from_time for alias in node.names} else name


def test_pure_files_do_not_reach_for_the_outside() -> None:
    known = set(ours()) | set(sys.stdlib_module_names) | COMPUTES
    wrong = [f"{m.name}:{i.line} imports {i.module}" for m in pure() for i in m.imports if i.top in OUTSIDE or i.top not in known]
    wrong += [f"{m.name}:{call.lineno}" for m in pure() for call in m.calls if ast.unparse(call.func) in ("open", "print", "input")]
    assert not wrong, f"they call themselves pure, but reach for the outside: {wrong}"


def test_pure_files_lean_on_pure_files_only() -> None:
    wrong = [
        f"{m.name}:{i.line} imports {i.module}" for m in pure() for i in m.imports if i.module in ours() and not ours()[i.module].is_pure
    ]
    assert not wrong, f"they call themselves pure, but lean on files that are not: {wrong}"


def test_words_are_pure() -> None:
    wrong = [module.name for module in product() if module.path.name == "terms.py" and not module.is_pure]
    assert not wrong, f"terms.py holds words, its docstring opens with «Pure:»: {wrong}"


def test_only_the_clock_asks_what_time_it_is() -> None:
    wrong = [
        f"{module.name}:{call.lineno} {ast.unparse(call.func)}()"
        for module in product()
        if module.name != "core/clock.py"
        for call in module.calls
        if full_name(module, call.func) in ASKS_THE_TIME | (set() if may_measure_spans(module) else MEASURES_A_SPAN)
    ]
    assert not wrong, f"`now` is an argument, only core/clock.py asks: {wrong}"


def test_broad_excepts_are_few_and_explained() -> None:
    nodes = [(module, node) for module in product() for node in ast.walk(module.tree) if isinstance(node, ast.ExceptHandler)]
    broad = [(module, handler) for module, handler in nodes if is_broad(handler)]
    silent = [f"{module.name}:{handler.lineno}" for module, handler in broad if not has_comment(module, handler)]
    assert not silent, f"a broad except says in a comment why: {silent}"
    where = [f"{module.name}:{handler.lineno}" for module, handler in broad]
    assert len(where) <= BROAD_AT_MOST, f"at most {BROAD_AT_MOST} broad excepts, all at a loop's edge: {where}"


def test_tests_do_not_mock() -> None:
    wrong = [f"{m.name}:{i.line}" for m in in_tests() for i in m.imports if i.module.startswith(("unittest.mock", "mock", "pytest_mock"))]
    asked = [f"{m.name}:{f.lineno}" for m in in_tests() for f in functions(m.tree) if "mocker" in {arg.arg for arg in f.args.args}]
    assert not wrong + asked, f"a fake or an argument instead of a mock: {wrong + asked}"


def test_tests_neither_patch_nor_skip() -> None:
    wrong = [
        f"{module.name}:{node.lineno} {ast.unparse(node)}"
        for module in in_tests()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in NO_TEST_SAYS
    ]
    assert not wrong, f"a test that cannot run is not generated, a thing that must differ is an argument: {wrong}"
