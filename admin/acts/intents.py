"""What operators teach: examples, counter-examples, thresholds; and the head that is made anew, or taken back."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import audit
from admin.office import Office
from admin.rights import must
from admin.terms import Blocked, Right, Who
from bot.decide import Thresholds
from bot.tuning import ANSWER_AT, CLARIFY_AT, tune, tunings
from core.embedding import Progress
from core.errors import Refused
from customers.rules import FOCUS_NAMES
from customers.terms import FocusPoint, Polarity
from intents import store
from intents.models import TaughtFocus, TaughtUtterance
from intents.names import INTENT_NAMES
from intents.retrain import Retrained, retrain
from intents.taught import examples_of
from intents.terms import Intent

THRESHOLD_NAMES = {ANSWER_AT: "直接回复的把握", CLARIFY_AT: "请客户选择的把握"}
LONGEST = 200


def teach_example(session: Session, who: Who, text: str, intent: Intent, *, now: datetime) -> None:
    """This message wants that, whatever the pack or somebody else said of the same words; known to the head once it is taught anew."""
    must(who, Right.TEACH)
    text = _said(text)
    before = session.scalar(select(TaughtUtterance).where(TaughtUtterance.text == text))
    told = {"意图": INTENT_NAMES[Intent(before.intent)]} if before and before.withdrawn_at is None else None
    row = store.teach_utterance(session, text, intent, message_id=before.message_id if before else "", by=who.name, now=now)
    audit.note(session, who, "教意图例句", "utterance", row.id, before=told, after={"例句": text, "意图": INTENT_NAMES[intent]}, now=now)


def withdraw_example(session: Session, who: Who, number: int, *, now: datetime) -> None:
    """It does not count any more."""
    must(who, Right.TEACH)
    row = session.get(TaughtUtterance, number)
    if row is None or row.withdrawn_at is not None:
        raise Blocked("这条例句已经撤掉了")
    row.withdrawn_at = now
    told = {"例句": row.text, "意图": INTENT_NAMES[Intent(row.intent)]}
    audit.note(session, who, "撤掉意图例句", "utterance", row.id, before=told, now=now)


def teach_sentence(
    session: Session, who: Who, text: str, words: str, point: FocusPoint, polarity: Polarity | None, *, now: datetime
) -> None:
    """These words of the sentence show the point, or without a polarity do not; holds within a minute."""
    must(who, Right.TEACH)
    text, words = _said(text), words.strip()
    if not words or words not in text:
        raise Blocked("「哪几个字」要是这句话里连着的几个字")
    row = store.teach_focus(session, text, words, point, polarity or "", by=who.name, now=now)
    audit.note(session, who, "教关注点", "focus", row.id, after=_told(row), now=now)


def withdraw_sentence(session: Session, who: Who, number: int, *, now: datetime) -> None:
    """It does not count any more."""
    must(who, Right.TEACH)
    row = session.get(TaughtFocus, number)
    if row is None or row.withdrawn_at is not None:
        raise Blocked("这一句已经撤掉了")
    row.withdrawn_at = now
    audit.note(session, who, "撤掉关注点例句", "focus", row.id, before=_told(row), now=now)


def set_threshold(session: Session, who: Who, name: str, value: float | None, office: Office, *, now: datetime) -> None:
    """Another figure than the measured one, or with None the measured one again; every process knows it within a minute."""
    must(who, Right.TEACH)
    settings = office.settings
    if {ANSWER_AT: settings.answer_at, CLARIFY_AT: settings.clarify_at}[name] is not None:
        raise Blocked("这个数由 IT 在设置里定死了，这里改不了")
    if value is not None and not 0 < value <= 1:
        raise Blocked("请填 1% 到 100% 之间的数")
    before = tunings(session)
    wanted = {one: row.value for one, row in before.items() if one != name} | ({} if value is None else {name: value})
    held = current(office, wanted)
    if held.clarify_at > held.answer_at:
        raise Blocked("「请客户选择」不能高于「直接回复」")
    old = before[name].value if name in before else None
    tune(session, name, value, who.name, now=now)
    audit.note(
        session, who, "改阈值", "threshold", THRESHOLD_NAMES[name], before={"值": _percent(old)}, after={"值": _percent(value)}, now=now
    )


def current(office: Office, tuned: Mapping[str, float]) -> Thresholds:
    """What holds with these figures of operators, before a menu's is cut to an answer's."""
    measured, settings = office.scripts.thresholds, office.settings
    fixed = {ANSWER_AT: settings.answer_at, CLARIFY_AT: settings.clarify_at}
    figures = {ANSWER_AT: measured.answer_at, CLARIFY_AT: measured.clarify_at, **tuned}
    figures |= {name: number for name, number in fixed.items() if number is not None}
    return Thresholds(figures[ANSWER_AT], figures[CLARIFY_AT])


def teach_head(office: Office, who: Who, *, force: bool, progress: Progress | None = None) -> Retrained:
    """Make the intent head anew of the pack and of what operators taught. Takes a while, so it has its own transactions; the shelf changes
    only at its end."""
    must(who, Right.TEACH)
    with office.database.reading() as session:
        taught = examples_of(session)
    shelf, now = office.understander.head.shelf, office.clock()
    before = shelf.book().current
    result = retrain(office.taught, office.vectors, shelf, taught=taught, force=force, progress=progress, now=now)
    office.understander.head.refresh()
    with office.database.unit_of_work() as session:
        after = {"版本": result.version.key[:8] if result.version else "没有换上", "原因": result.refused, "强制": "是" if force else "否"}
        audit.note(session, who, "重新训练意图模型", "head", after["版本"], before={"版本": before[:8]}, after=after, now=now)
    return result


def take_head_back(office: Office, who: Who, to: str) -> None:
    """Use an older head. Blocked when it is gone or reads texts otherwise."""
    must(who, Right.TEACH)
    shelf = office.understander.head.shelf
    before = shelf.book().current
    try:
        version = shelf.roll_back(to)
    except Refused:
        raise Blocked("这个版本已经用不了了：它的文件不在，或者是用别的编码器训练的") from None
    office.understander.head.refresh()
    with office.database.unit_of_work() as session:
        audit.note(
            session,
            who,
            "换回意图模型",
            "head",
            version.key[:8],
            before={"版本": before[:8]},
            after={"版本": version.key[:8]},
            now=office.clock(),
        )


def _said(text: str) -> str:
    text = " ".join(text.split())
    if not any(map(str.isalnum, text)):
        raise Blocked("先写下客户会说的话")
    if len(text) > LONGEST:
        raise Blocked(f"一条例句最多 {LONGEST} 个字")
    return text


def _told(row: TaughtFocus) -> dict[str, str]:
    return {"例句": row.text, "字": row.words, "关注点": FOCUS_NAMES[FocusPoint(row.point)], "是不是": "是" if row.polarity else "不是"}


def _percent(value: float | None) -> str:
    return "按测得的" if value is None else f"{value:.1%}"
