"""The pack's part for the bot: replies.yaml, what the assistant says by itself."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import PackFaulty
from core.text import sentences
from core.yaml_source import Fault, Source

FILE = "replies.yaml"
# What an advisor may be told after a yes; see bot/decide.py.
_TELLS = ("wants_visit", "promise", "wants_order", "left_contact")
_ATTACHMENTS = ("contact_welcome", "default", "attachments")
_MENU = ("welcome", "options")
_UNSUPPORTED = ("image", "voice", "video", "file", "location", "link", "business_card", "miniprogram", "channels", "merged_msg", "other")
_TEXTS = (
    ("not_understood",),
    ("not_covered",),
    ("not_sold",),
    ("rivals",),
    ("hand_off", "on_duty"),
    ("hand_off", "off_duty"),
    ("hand_off", "fault"),
    ("hand_off", "complaint"),
    ("back_from_human",),
    ("opted_out",),
    ("declined",),
    ("noted",),
    ("noted_with_phone",),
    ("also_passed_on",),
    ("clarify", "head"),
    ("clarify", "none_of_these"),
    ("welcome", "head"),
    ("contact_welcome", "default", "text"),
    *(("unsupported", kind) for kind in _UNSUPPORTED),
    *(("variables", name) for name in ("称呼", "顾问", "门店", "车型")),
    *(("advisor_brief", name) for name in ("title", "who", "asked", "level", "suggested")),
    *(("advisor_brief", "buttons", name) for name in ("taken", "called", "later")),
)


@dataclass(frozen=True)
class MenuOption:
    """One line of the welcome menu: its words, and the standard question it stands for («转人工» for a person)."""

    text: str
    question: str


@dataclass(frozen=True)
class Offer:
    """What a yes to a reply that ends so brings: an answer to `asks`, or the words at `offers.<name>` and an advisor who is told."""

    ends: re.Pattern[str]
    asks: str = ""
    tells: str = ""


@dataclass(frozen=True)
class Replies:
    """Fixed words. `texts` is keyed by the dotted path in replies.yaml; `source` says where each stands."""

    texts: Mapping[str, str] = field(default_factory=dict)
    options: tuple[MenuOption, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    by_state: Mapping[str, str] = field(default_factory=dict)
    welcome_attachments: tuple[str, ...] = ()
    offers: Mapping[str, Offer] = field(default_factory=dict)
    source: Source | None = field(default=None, compare=False, repr=False)

    def faults_against(self, materials: Collection[str], questions: Collection[str]) -> Iterator[Fault]:
        """What names a material or a standard question that the pack does not have."""
        if self.source is None:
            return
        for index, key in enumerate(self.welcome_attachments):
            if key not in materials:
                yield self.source.fault(f"material «{key}» of the welcome is unknown", *_ATTACHMENTS, index)
        for name in ("not_sold", "rivals"):
            if self.texts.get(name) not in questions:
                yield self.source.fault(f"«{name}» is no script's standard question", name)
        for index, option in enumerate(self.options):
            if option.question not in questions:
                reason = f"«{option.question}» of the welcome menu is no script's standard question"
                yield self.source.fault(reason, *_MENU, index, "question")

    def offer(self, name: str) -> Offer | None:
        """The offer of this name."""
        return self.offers.get(name)

    def offered_in(self, words: str) -> str:
        """The name of the offer that a reply ends with; empty when it ends with none."""
        last = sentences(words.strip())[-1:] or [""]
        return next((name for name, offer in self.offers.items() if offer.ends.search(last[0].strip())), "")

    def say(self, path: str) -> str:
        """The words at this path; a missing one is a programming mistake, the pack check has seen to the rest."""
        return self.texts[path]

    def unsupported(self, kind: str) -> str:
        """The polite reply to something that is not text."""
        return self.texts[f"unsupported.{kind}" if kind in _UNSUPPORTED else "unsupported.other"]

    @property
    def variables(self) -> dict[str, str]:
        """What the variables of scripts say when nothing better is known."""
        return {name: self.texts[f"variables.{name}"] for name in ("称呼", "顾问", "门店", "车型")}


def read_replies(folder: Path) -> tuple[Replies, list[Fault]]:
    """The replies, and every fault of the file with its line."""
    try:
        source = Source(folder / FILE, FILE)
    except PackFaulty as error:
        name, line, reason = str(error).split(":", 2)
        return Replies(), [Fault(name, int(line), reason.strip())]
    faults = list(source.repeated)
    texts: dict[str, str] = {}
    for path in _TEXTS:
        value = _at(source.value, path)
        if isinstance(value, str) and value.strip():
            texts[".".join(path)] = value.strip()
        else:
            faults.append(source.fault(f"«{'.'.join(path)}» needs words", *path))
    tail = _at(source.value, ("welcome", "tail"))
    texts["welcome.tail"] = tail.strip() if isinstance(tail, str) else ""
    options = _options(source, faults)
    offers = dict(_offers(source, texts, faults))
    return Replies(
        texts,
        options,
        _strings(_at(source.value, ("advisor_brief", "reason"))),
        {state: _state_text(body) for state, body in _mapping(_at(source.value, ("contact_welcome", "by_state"))).items()},
        _keys(source, _ATTACHMENTS, faults),
        offers,
        source,
    ), faults


def _offers(source: Source, texts: dict[str, str], faults: list[Fault]) -> Iterator[tuple[str, Offer]]:
    """Each offer; what is said to a yes goes to the other words."""
    for name, body in _mapping(_at(source.value, ("offers",))).items():
        fields = _strings(body)
        try:
            ends = re.compile(fields["ends"])
        except (KeyError, re.error):
            faults.append(source.fault("an offer needs «ends», a pattern for the last sentence of a reply", "offers", name))
            continue
        if not fields.get("asks") and not (fields.get("tells") in _TELLS and fields.get("says", "").strip()):
            faults.append(source.fault(f"an offer needs «asks», or «says» and «tells», one of {'、'.join(_TELLS)}", "offers", name))
            continue
        texts[f"offers.{name}"] = fields.get("says", "").strip()
        yield str(name), Offer(ends, fields.get("asks", ""), fields.get("tells", ""))


def _keys(source: Source, path: tuple[str, ...], faults: list[Fault]) -> tuple[str, ...]:
    value = _at(source.value, path)
    if value is None or (isinstance(value, list) and all(isinstance(key, str) for key in value)):
        return tuple(value or ())
    faults.append(source.fault("a list of material keys is expected here", *path))
    return ()


def _options(source: Source, faults: list[Fault]) -> tuple[MenuOption, ...]:
    found: list[MenuOption] = []
    value = _at(source.value, _MENU)
    for index, item in enumerate(value if isinstance(value, list) else []):
        if isinstance(item, dict) and isinstance(item.get("text"), str) and isinstance(item.get("question"), str):
            found.append(MenuOption(item["text"], item["question"]))
        else:
            faults.append(source.fault("a menu option needs «text» and «question»", *_MENU, index))
    if not 1 <= len(found) <= 10:
        faults.append(source.fault("the welcome menu needs 1 to 10 options", *_MENU))
    return tuple(found)


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _strings(value: Any) -> dict[str, str]:
    return {str(key): str(text) for key, text in _mapping(value).items()}


def _state_text(body: Any) -> str:
    return str(body.get("text", "")) if isinstance(body, dict) else str(body)
