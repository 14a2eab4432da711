"""One open page of one operator: who he is, what its address says, and how the page looks things up and does things.

Queries and writes are blocking and run in a thread, so that the event loop, which also hears WeCom, is never held.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast
from urllib.parse import urlencode

from nicegui import ui
from sqlalchemy.orm import Session

from admin import sign_in
from admin.guard import ROOT
from admin.office import Office
from admin.rights import may
from admin.terms import Blocked, Right, Who
from core.errors import AssistantError

T = TypeVar("T")
Show = Callable[["Desk"], Awaitable[None]]
_OVER = "登录已结束，请重新登录"


@dataclass(frozen=True)
class Desk:
    """`query` and `path` are what the address says when the page opens; `token` is the browser's session.

    `web` is where browsers reach this server, for links that people send each other.
    """

    office: Office
    who: Who
    token: str
    address: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    leave: Callable[[str], None] = ui.navigate.to  # to another page of the console
    web: str = ""

    def may(self, right: Right) -> bool:
        """Whether a button for this is shown; the act itself asks again."""
        return may(self.who, right)

    def now(self) -> datetime:
        """The present moment."""
        return self.office.clock()

    async def look(self, read: Callable[[Session], T], *, by_itself: bool = False) -> T:
        """What `read` finds in the database, in a thread.

        A page stays open for hours: whoever is signed out meanwhile, or has another role or store now, is sent away (Blocked). Looking
        keeps him signed in, unless the page looks `by_itself`: one that somebody left open must not hold his session for ever.
        """

        def reading() -> tuple[Who | None, T | None]:
            with self.office.database.reading() as session:
                found = sign_in.who_is(session, self.token, now=self.now())
                who = found[0] if found else None
                result = read(session) if who == self.who else None
            if found and found[1] and not by_itself:
                with self.office.database.unit_of_work(durable=False) as session:
                    sign_in.note_seen(session, self.token, now=self.now())
            return who, result

        who, result = await in_thread(reading)
        if who != self.who:
            self.leave("/" if who else "/sign-in")
            raise Blocked("您的权限刚有变化，页面要重新打开" if who else _OVER)
        return cast(T, result)

    async def act(self, do: Callable[[Session, Who], T], *, told: str = "") -> T | None:
        """One change, all or nothing, by whoever is signed in now. A refusal is shown and gives None; success is `told`."""

        def acting() -> T:
            with self.office.database.unit_of_work() as session:
                who, is_news = self._found(session)
                if is_news:
                    sign_in.note_seen(session, self.token, now=self.now())
                return do(session, who)

        return await self.attempt(acting, told=told)

    async def attempt(self, do: Callable[[], T], *, told: str = "") -> T | None:
        """Something that takes long or opens its own transactions, in a thread; told like `act`. It must check the rights itself."""
        try:
            result = await in_thread(do)
        except AssistantError as error:
            ui.notify(str(error), type="negative", multi_line=True, close_button="好")
            return None
        if told:
            ui.notify(told, type="positive")
        return result

    def still(self) -> Who:
        """Who is signed in now, for what runs outside `act`. Blocked when the session is over."""
        with self.office.database.reading() as session:
            return self._found(session)[0]

    def keep_address(self, query: Mapping[str, str]) -> None:
        """The address bar follows what is shown, so that it can be sent to a colleague."""
        filled = {name: value for name, value in query.items() if value}
        ui.navigate.history.replace(href(self.address, **filled))

    def _found(self, session: Session) -> tuple[Who, bool]:
        found = sign_in.who_is(session, self.token, now=self.now())
        if found is None:
            raise Blocked(_OVER)
        return found


async def in_thread(do: Callable[[], T]) -> T:
    """The result of a blocking function, without holding the event loop."""
    return await asyncio.to_thread(do)


def link(address: str, /, **query: str) -> str:
    """A page of the console, with its state, for NiceGUI's own links: they know themselves where the console is mounted."""
    return address + (f"?{urlencode(query)}" if query else "")


def href(address: str, /, **query: str) -> str:
    """The same for plain HTML and the browser's address bar."""
    return ROOT + link(address, **query)
