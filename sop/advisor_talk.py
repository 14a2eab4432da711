"""An advisor writes to the app: «今天跟谁», a customer's name, «张三 已到店», or a question; whatever he writes, he gets an answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from customers.birthday import NoSuchDay, birthday_name, read_birthday
from customers.models import Customer, Follow
from customers.pack import LevelRules
from sop import reminder_store as store
from sop.askings_served import end_served
from sop.due_reminders import day_begins
from sop.follow_up import FollowUps
from sop.reminder_card import brief_text, list_text, name_of, portrait
from sop.reminder_ports import ReminderPorts
from sop.reminder_terms import FollowUp

_TODAY = re.compile(r"(?:今天|今日)?(?:要?跟进?谁|联系谁|跟进列表|待跟进|跟进|任务|待办)(?:[?？])?|今天|今日")
_HELP = re.compile(r"帮助|help|怎么用|[?？]", re.IGNORECASE)
_WHAT = (
    r"(?P<what>已?联系(?:过|了|上了)*|约(?:好|了)*(?:到店|试驾)(?:了)?|(?:已|来)?到店(?:了)?|(?:已|来)?试驾(?:过|完)?(?:了)?"
    r"|(?:已|来)?(?:下|大|小)[订定](?:了)?|(?:已|来)?提车(?:了)?|战败(?:了)?)"
)
# «晴天 约到店», «晴天 战败（买了别家）», or the outcome first: «约到店 晴天», «战败 晴天 买了别家».
_REPORTS = (
    re.compile(rf"(?P<name>.+?)[ ,，:：]*{_WHAT}(?:[ ,，:：（(]*(?P<note>[^()（）]*)[)）]?)?"),
    re.compile(rf"{_WHAT}[ ,，:：]*(?P<name>[^ ,，:：()（）]+)(?:[ ,，:：（(]+(?P<note>[^()（）]*)[)）]?)?"),
)
# «晴天 生日 5-20», «晴天生日是1990年5月20日».
_BIRTHDAY = re.compile(r"(?P<name>.+?)[ ,，:：]*生日(?:是|为)?[ ,，:：]*(?P<day>\d[\d ./年月日号-]*)")
# «张三 到店了吗» asks, and records nothing.
_ASKS = re.compile(r"[?？]$|(?:吗|么|呢|了没有?)[。.]*$")
_WORDS = (
    ("约", FollowUp.VISIT_SET),
    ("试驾", FollowUp.TEST_DRIVEN),
    ("到店", FollowUp.VISITED),
    ("提车", FollowUp.DELIVERED),
    ("订", FollowUp.ORDERED),
    ("定", FollowUp.ORDERED),
    ("战败", FollowUp.LOST),
    ("联系", FollowUp.CONTACTED),
)
_HELP_TEXT = (
    "您可以这样发给我：\n· 今天跟谁：今天要跟进的客户\n· 客户昵称：这位客户的情况和建议话术\n"
    "· 张三 已到店（已联系、约到店、已试驾、已下订、已提车、战败 原因）：记录结果\n"
    "· 张三 生日 5-20：登记生日（公历）\n"
    "· 一个问题，例如“E7 落地多少钱”：最合适的三条话术，可直接转发"
)
_SEVERAL = 5


@dataclass(frozen=True)
class AdvisorTalk:
    """Answers what advisors write. Each sees his own customers only."""

    levels: LevelRules
    follow_ups: FollowUps
    ports: ReminderPorts

    def reply(self, session: Session, userid: str, text: str, now: datetime) -> Sequence[str]:
        """The messages he gets; never none."""
        words = text.strip()
        if not words or _HELP.fullmatch(words):
            return [_HELP_TEXT]
        if _TODAY.fullmatch(words):
            return [self._today(session, userid, now)]
        if not _ASKS.search(words) and (answer := self._recorded(session, userid, words, now)):
            return [answer]
        if found := _own(session, userid, words):
            return [self._brief(session, found, now) if len(found) == 1 else _which(found, words)]
        return self._scripts(words, now)

    def _today(self, session: Session, userid: str, now: datetime) -> str:
        end_served(session, self.ports, now=now)  # he may have taken him a moment ago
        rows = store.today_of(session, userid, until=day_begins(now) + timedelta(days=1))
        return list_text(f"今天要跟进 {len(rows)} 位客户：", rows, now=now) if rows else "今天没有要跟进的客户，辛苦了。"

    def _brief(self, session: Session, found: Sequence[Customer], now: datetime) -> str:
        customer = found[0]
        known = store.known_of(session, found, self.ports.contacts)[customer.id]
        told = portrait(session, customer, known, self.levels, self.ports, now=now)
        return brief_text(told, store.live_of(session, customer.id))

    def _recorded(self, session: Session, userid: str, words: str, now: datetime) -> str:
        """What was recorded, or why not; empty when he reports nothing of anybody of his."""
        if told := _BIRTHDAY.fullmatch(words):
            return _birthday(session, userid, told)
        answers = (self._report(session, userid, report, now) for order in _REPORTS if (report := order.fullmatch(words)))
        return next(filter(None, answers), "")

    def _report(self, session: Session, userid: str, report: re.Match[str], now: datetime) -> str:
        """Recorded for the customer whom he names; empty when the words name nobody of his and may be a question."""
        name, note = report["name"].strip(), (report["note"] or "").strip()
        found = _own(session, userid, name)
        if len(found) != 1:
            return _which(found, name) if found else ""
        outcome = next(one for word, one in _WORDS if word in report["what"])
        label = self.follow_ups.record_unasked(session, found[0], outcome, note, userid, now=now)
        return f"已记录 {name_of(found[0])}：{label}"

    def _scripts(self, question: str, now: datetime) -> list[str]:
        found = self.ports.find_scripts(question, now)[:3]
        if not found:
            return [f"没有找到叫“{question[:20]}”的客户，也没有合适的话术。\n{_HELP_TEXT}"]
        return [f"找到 {len(found)} 条话术，长按可以转发：", *(one.text for one in found)]


def _birthday(session: Session, userid: str, told: re.Match[str]) -> str:
    """Kept for the customer whom he names; empty when the words name nobody of his."""
    name = told["name"].strip()
    found = _own(session, userid, name)
    if len(found) != 1:
        return _which(found, name) if found else ""
    try:
        birthday = read_birthday(told["day"])
    except NoSuchDay as wrong:
        return f"没有登记：{wrong}。"
    before, found[0].birthday = found[0].birthday, birthday
    changed = f"（原来是{birthday_name(before)}）" if before not in ("", birthday) else ""
    return f"已登记 {name_of(found[0])}：生日{birthday_name(birthday)}{changed}"


def _own(session: Session, userid: str, name: str) -> list[Customer]:
    """His customers with this nickname; without one, those whose nickname begins with it or holds it."""
    follows = select(Follow.customer_id).where(Follow.advisor == userid, Follow.ended_at.is_(None))
    his = or_(Customer.advisor == userid, Customer.id.in_(follows))
    exact = session.scalars(select(Customer).where(his, Customer.nickname == name).limit(_SEVERAL + 1)).all()
    if exact or len(name) < 2:
        return list(exact)
    like = Customer.nickname.contains(name, autoescape=True)
    return list(session.scalars(select(Customer).where(his, like).order_by(Customer.last_heard_at.desc()).limit(_SEVERAL + 1)))


def _which(found: Sequence[Customer], name: str) -> str:
    lines = [f"· {name_of(one)}（{one.level} 级）" for one in found[:_SEVERAL]]
    more = ["…"] if len(found) > _SEVERAL else []
    return "\n".join([f"有几位客户叫“{name}”，请发完整的昵称或改备注区分：", *lines, *more])
