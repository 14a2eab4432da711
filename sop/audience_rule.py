"""Pure: who belongs to an audience, as a rule of facts with and, or, not; read from JSON, and told in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Facts that are one of several names. The last three are a group's, «store» is both's.
NAMED = {"level": "意向级别", "advisor": "顾问", "channel": "来源渠道", "store": "门店", "owner": "群主", "stage": "群阶段", "group": "群"}
# Facts that are a number.
COUNTED = {"joined_days": "加入天数", "silent_days": "未说话天数", "age_days": "建群天数", "size": "群人数"}
SAID = {"focus": "关注点", "signal": "线索信号", "slot": "谈定的事"}
OF_CUSTOMERS = frozenset({"level", "advisor", "channel", "store", "joined_days", "silent_days", "tag", "heard", "birthday", *SAID})
OF_GROUPS = frozenset({"store", "owner", "stage", "age_days", "size", "group"})
OF_ADVISORS = frozenset({"store", "advisor"})
OF_INTERNAL = frozenset({"group"})


@dataclass(frozen=True)
class OneOf:
    """The fact is one of these names."""

    fact: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Between:
    """The number lies between these, both included; None is open."""

    fact: str
    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True)
class Tagged:
    """He has this tag now."""

    group: str
    name: str


@dataclass(frozen=True)
class Said:
    """He spoke of a focus point, gave a signal or settled a slot (`fact`); within so many days, in a goal since the plan began with him."""

    fact: str
    name: str
    within_days: int | None = None


@dataclass(frozen=True)
class Heard:
    """He has said anything since the plan began with him; for a goal."""


@dataclass(frozen=True)
class BirthdayToday:
    """His birthday is today, by Shanghai's calendar; of who has told none it never is."""


@dataclass(frozen=True)
class All:
    """Every part holds; without parts it holds for everybody."""

    parts: tuple["Rule", ...] = ()


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple["Rule", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Rule"


Fact = OneOf | Between | Tagged | Said | Heard | BirthdayToday
Rule = Fact | All | AnyOf | Not
EVERYBODY = All()


class NoSuchRule(ValueError):
    """The rule cannot be read; the words say what is wrong in it."""


def read_rule(value: Any, facts: frozenset[str]) -> Rule:
    """A rule about these facts from plain data; NoSuchRule names what is wrong."""
    if value is None or value == {}:
        return EVERYBODY
    if not isinstance(value, Mapping):
        raise NoSuchRule(f"«{value}» is no rule, a mapping such as {{level: [H]}} is expected")
    keys = [str(key) for key in value if key != "within_days"]
    if len(keys) != 1:
        raise NoSuchRule(f"a rule has one fact, join several with «all» or «any»: {', '.join(keys) or 'none'}")
    return _read(keys[0], value[keys[0]], facts, _days(value.get("within_days"), "within_days"))


def in_words(rule: Rule, names: Mapping[str, str]) -> str:
    """The rule as an operator reads it; `names` gives the Chinese of keys."""
    return _joined(rule, names, is_denied=False)


def _joined(rule: Rule, names: Mapping[str, str], *, is_denied: bool) -> str:
    """A denial is said of each fact by itself: neither of two is «not the one and not the other»."""
    match rule:
        case Not(part):
            return _joined(part, names, is_denied=not is_denied)
        case All(()):
            return "没有人" if is_denied else "全部"
        case All(parts) | AnyOf(parts):
            both = isinstance(rule, All) is not is_denied
            return ("，且" if both else "，或").join(_inside(part, names, is_denied=is_denied) for part in parts)
        case fact:
            return _fact_in_words(fact, names, is_denied=is_denied)


def _inside(part: Rule, names: Mapping[str, str], *, is_denied: bool) -> str:
    words = _joined(part, names, is_denied=is_denied)
    while isinstance(part, Not):
        part = part.part
    return f"（{words}）" if isinstance(part, All | AnyOf) else words


def _fact_in_words(rule: Fact, names: Mapping[str, str], *, is_denied: bool) -> str:
    match rule:
        case OneOf(fact, values):
            return f"{NAMED[fact]}{'不是' if is_denied else '是'}{'、'.join(names.get(one, one) for one in values)}"
        case Between(fact, low, high):
            return f"{COUNTED[fact]}{_span_in_words(low, high, is_denied=is_denied)}"
        case Tagged(group, name):
            return f"{'没有' if is_denied else '有'}标签“{group}/{name}”"
        case Said(fact, name, days):
            return f"{f'{days} 天内' if days else ''}{SAID[fact]}{'不含' if is_denied else '有'}“{names.get(name, name)}”"
        case Heard():
            return "没说过话" if is_denied else "说过话"
        case BirthdayToday():
            return "今天不是生日" if is_denied else "今天生日"


def _span_in_words(low: int | None, high: int | None, *, is_denied: bool) -> str:
    if low is not None and high is not None:
        return f"{'不' if is_denied else ''}在 {low} 到 {high} 之间"
    if low is not None:
        return f" < {low}" if is_denied else f" ≥ {low}"
    return f" > {high}" if is_denied else f" ≤ {high}"


def _read(key: str, value: Any, facts: frozenset[str], within_days: int | None) -> Rule:
    if key in ("all", "any"):
        parts = tuple(read_rule(part, facts) for part in _list(key, value))
        return All(parts) if key == "all" else AnyOf(parts)
    if key == "not":
        return Not(read_rule(value, facts))
    if key not in facts:
        raise NoSuchRule(f"«{key}» is no fact that can be asked here; known: {' '.join(sorted(facts))}")
    if key == "tag":
        return _tagged(value)
    if key == "heard":
        return Heard()
    if key == "birthday":
        return _birthday(value)
    if key in SAID:
        return Said(key, str(value), within_days)
    return _between(key, value) if key in COUNTED else OneOf(key, tuple(str(one) for one in _list(key, value)))


def _tagged(value: Any) -> Tagged | OneOf:
    group, between, name = str(value).partition("/")
    if not (group and between and name):
        raise NoSuchRule(f"a tag is written «group/name», not «{value}»")
    # Everybody has a level from the start, but a row of tags only once it has changed: the tag is asked as the level («C», or «C级»).
    return OneOf("level", (name.removesuffix("级"),)) if group == NAMED["level"] else Tagged(group, name)


def _birthday(value: Any) -> BirthdayToday:
    if value != "today":
        raise NoSuchRule(f"«birthday» can only be asked as «today», not «{value}»")
    return BirthdayToday()


def _between(key: str, value: Any) -> Between:
    if not isinstance(value, Mapping) or not value or set(value) - {"at_least", "at_most"}:
        raise NoSuchRule(f"«{key}» needs at_least or at_most")
    return Between(key, _days(value.get("at_least"), key), _days(value.get("at_most"), key))


def _days(value: Any, key: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise NoSuchRule(f"«{key}» must be a whole number, not «{value}»")
    return value


def _list(key: str, value: Any) -> Sequence[Any]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise NoSuchRule(f"«{key}» needs a list")
    return value
