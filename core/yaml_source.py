"""YAML that remembers where each thing stands, so that a fault can name file and line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from core.errors import PackFaulty

# An alias inside the very thing that it names would never end.
DEEPEST = 100
_BOOL = "tag:yaml.org,2002:bool"


@dataclass(frozen=True)
class Fault:
    """One thing wrong in one place; `line` counts from 1."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class Source:
    """A YAML file: its value, and the line of every mapping, list and scalar in it by path."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        try:
            node = yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
        except FileNotFoundError:
            raise PackFaulty(f"{name}:1: the file is missing") from None
        except UnicodeDecodeError as error:
            raise PackFaulty(f"{name}:1: not UTF-8 ({error.reason})") from None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or "cannot be read as YAML"
            raise PackFaulty(f"{name}:{mark.line + 1 if mark else 1}: {problem}") from None
        self._scalars = yaml.constructor.SafeConstructor()
        self._lines: dict[tuple[str | int, ...], int] = {}
        self.repeated: list[Fault] = []
        self.value: Any = None if node is None else self._value(node, ())

    def line(self, *path: str | int) -> int:
        """The line on which the thing at this path begins; that of the nearest thing around it when there is none."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def fault(self, reason: str, *path: str | int) -> Fault:
        """A fault at this path."""
        return Fault(self.name, self.line(*path), reason)

    def _value(self, node: yaml.Node, path: tuple[str | int, ...]) -> Any:
        if len(path) > DEEPEST:
            raise PackFaulty(str(Fault(self.name, node.start_mark.line + 1, "nested too deeply")))
        self._lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return dict(self._items(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _scalar(self, node: yaml.Node) -> Any:
        # Only true and false are true and false, as in YAML 1.2: «off» is a word, and so is «no».
        if node.tag == _BOOL and node.value.lower() not in ("true", "false"):
            return node.value
        try:
            value = self._scalars.construct_object(node, deep=True)
            hash(value)  # a list or a mapping cannot be a key
        except (yaml.YAMLError, TypeError, ValueError):
            raise PackFaulty(str(Fault(self.name, node.start_mark.line + 1, f"«{node.value}» has no plain meaning here"))) from None
        return value

    def _items(self, node: yaml.MappingNode, path: tuple[str | int, ...]) -> Iterator[tuple[Any, Any]]:
        seen: set[Any] = set()
        for key_node, value_node in node.value:
            key = self._scalar(key_node)
            if key in seen:
                self.repeated.append(Fault(self.name, key_node.start_mark.line + 1, f"«{key}» stands here twice"))
            seen.add(key)
            value = self._value(value_node, (*path, key))
            self._lines[(*path, key)] = key_node.start_mark.line + 1
            yield key, value


def sources(folder: Path, pattern: str, root: Path) -> list[Source]:
    """Every file of a folder that fits the pattern, in the order of their names; named relative to `root`."""
    return [Source(path, str(path.relative_to(root))) for path in sorted(folder.glob(pattern))]
