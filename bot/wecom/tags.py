"""Our tags' names → WeCom's tag ids, created where they are missing; remembered for as long as the process lives."""

import threading
from collections.abc import Sequence

from bot.wecom.contact_calls import ContactCalls
from bot.wecom.errcodes import Code
from core.errors import Refused

Tag = tuple[str, str]  # (group, name)


class TagBook:
    """Safe to share among threads: one of them asks WeCom, the others wait for what it learnt."""

    def __init__(self, contacts: ContactCalls) -> None:
        self._contacts = contacts
        self._turn = threading.Lock()
        self._ids: dict[Tag, str] = {}

    def ids(self, tags: Sequence[Tag], *, create: Sequence[Tag]) -> dict[Tag, str]:
        """Ids of those that exist; the ones to create exist afterwards. Raises what the client raises."""
        with self._turn:
            if any(tag not in self._ids for tag in tags):
                self._read()
            for group in dict.fromkeys(group for group, _ in create):
                missing = [name for other, name in create if other == group and (other, name) not in self._ids]
                if missing:
                    self._add(group, missing)
            return {tag: self._ids[tag] for tag in tags if tag in self._ids}

    def _read(self) -> None:
        self._ids |= {(tag.group_name, tag.name): tag.id for tag in self._contacts.corp_tags()}

    def _add(self, group: str, names: list[str]) -> None:
        try:
            self._ids |= {(group, tag.name): tag.id for tag in self._contacts.add_corp_tags(group, names)}
        except Refused as refused:
            # Another process was quicker: then they can be read.
            if refused.code != Code.TAG_NAME_EXISTS:
                raise
            self._read()
