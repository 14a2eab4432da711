"""What a message showed becomes memory, each thing with the words behind it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from core.db import Base, Database
from customers import store
from customers.models import Customer, CustomerTag, FocusRecord, LevelChange, SignalRecord, SlotRecord
from customers.pack import LevelRules, SignalWeight
from customers.recognise import recognise
from customers.record import TagChange, current_score, let_time_pass, level_label, record_heard, settle_tags
from customers.terms import FocusMention, FocusPoint, Heard, Level, LevelStatement, Polarity, Signal, Slot, SlotName, Span

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = LevelRules(
    weights={"test_drive": SignalWeight("想试驾", 30, 14), "bargain": SignalWeight("议价", 20, 10)},
    thresholds={Level.H: 60, Level.A: 40, Level.B: 20},
    events={"ask_order_status": Level.O, "lose_interest": Level.L},
)


def span(text: str, words: str) -> Span:
    return Span(words, text.index(words), text.index(words) + len(words))


def drive(message_id: str = "m-drive", at: datetime = NOW) -> Heard:
    """He wants to try the car, and speaks of its range."""
    text = "周末想试驾E7，续航怎么样"
    return Heard(
        message_id,
        at,
        text,
        focus_points=[FocusMention(FocusPoint.RANGE, Polarity.NEUTRAL, span(text, "续航"), 0.9)],
        signals=[Signal("test_drive", span(text, "想试驾"), 0.8)],
        slots=[Slot(SlotName.MODEL, "e7", span(text, "E7"))],
    )


def bargain(message_id: str = "m-bargain", at: datetime = NOW) -> Heard:
    """He wants it cheaper."""
    text = "价格再便宜点"
    return Heard(
        message_id,
        at,
        text,
        focus_points=[FocusMention(FocusPoint.PRICE, Polarity.NEGATIVE, span(text, "价格"), 0.9)],
        signals=[Signal("bargain", span(text, "再便宜点"))],
    )


def this_week(message_id: str = "m-week", at: datetime = NOW) -> Heard:
    """He names his time."""
    text = "这周就定"
    return Heard(message_id, at, text, stated_level=LevelStatement(Level.H, span(text, "这周就定")))


def says(database: Database, *heard: Heard) -> list[TagChange]:
    """Each message as the bot records it, at its own time."""
    changes = []
    for each in heard:
        with database.unit_of_work() as session:
            customer = recognise(session, "wm-li", now=each.said_at)
            changes.append(record_heard(session, customer, each, RULES, now=each.said_at))
    return changes


def customer_in(database: Database) -> Customer:
    with database.reading() as session:
        return session.scalars(select(Customer)).one()


def history_in(database: Database) -> list[LevelChange]:
    with database.reading() as session:
        return store.level_history(session, customer_in(database).id)


def tags_in(database: Database) -> list[CustomerTag]:
    with database.reading() as session:
        return store.tags_of(session, customer_in(database).id)


def names_in(database: Database) -> set[str]:
    return {tag.name for tag in tags_in(database)}


def rows_in(database: Database) -> dict[str, int | None]:
    tables: list[type[Base]] = [FocusRecord, SignalRecord, SlotRecord, LevelChange, CustomerTag]
    with database.reading() as session:
        return {table.__tablename__: session.scalar(select(func.count()).select_from(table)) for table in tables}


def time_passes(database: Database, span: timedelta) -> TagChange:
    with database.unit_of_work() as session:
        return let_time_pass(session, recognise(session, "wm-li", now=NOW), RULES, now=NOW + span)


def test_each_thing_is_kept_with_the_words_that_showed_it(database: Database) -> None:
    says(database, drive())
    with database.reading() as session:
        (focus,) = session.scalars(select(FocusRecord))
        (signal,) = session.scalars(select(SignalRecord))
        (slot,) = session.scalars(select(SlotRecord))
    assert (focus.point, focus.polarity, focus.words, focus.message_id, focus.said_at) == ("range", "neutral", "续航", "m-drive", NOW)
    assert (signal.name, signal.words, signal.start, signal.end, signal.confidence) == ("test_drive", "想试驾", 2, 5, 0.8)
    assert (slot.name, slot.value, slot.words) == ("model", "e7", "E7")


def test_recording_a_message_twice_changes_nothing(database: Database) -> None:
    messages = [drive(), this_week(at=NOW + DAY), bargain(at=NOW + 2 * DAY)]
    says(database, *messages)
    rows, tags, level = rows_in(database), names_in(database), customer_in(database).level
    assert not any(says(database, *messages))
    assert (rows_in(database), names_in(database), customer_in(database).level) == (rows, tags, level)


def test_an_event_heard_again_does_not_undo_what_came_after(database: Database) -> None:
    lost = Heard("m-lost", NOW, "不买了", intents=["lose_interest"])
    says(database, lost, this_week(at=NOW + DAY), lost)
    assert customer_in(database).level == Level.H


def test_signals_add_up_to_a_level_and_tags_follow(database: Database) -> None:
    first, second = says(database, drive(), bargain())
    assert first == TagChange(begun=[("关注点", "续航能耗"), ("意向级别", "B级")])
    assert second == TagChange(begun=[("关注点", "价格"), ("意向级别", "A级")], ended=[("意向级别", "B级")])
    customer = customer_in(database)
    assert (customer.level, customer.score, customer.last_heard_at) == (Level.A, 50, NOW)
    assert names_in(database) == {"续航能耗", "价格", "A级"}


def test_every_tag_shows_the_sentence_and_the_message_behind_it(database: Database) -> None:
    says(database, drive(), bargain(), this_week())
    shown = {tag.name: (tag.words, tag.message_id) for tag in tags_in(database)}
    assert shown == {"续航能耗": ("续航", "m-drive"), "价格": ("价格", "m-bargain"), "H级": ("这周就定", "m-week")}


def test_a_level_by_score_shows_the_words_that_gave_most_and_their_own_message(database: Database) -> None:
    says(database, drive(), bargain())
    tag = next(tag for tag in tags_in(database) if tag.group == "意向级别")
    assert (tag.words, tag.message_id) == ("想试驾", "m-drive")


def test_every_change_of_level_is_history_with_its_reason(database: Database) -> None:
    says(database, drive(), this_week(at=NOW + DAY), Heard("m-mine", NOW + 2 * DAY, "我的车到哪了", intents=["ask_order_status"]))
    history = history_in(database)
    assert [(change.before, change.after, change.reason["kind"]) for change in history] == [
        ("C", "B", "score"),
        ("B", "H", "stated"),
        ("H", "O", "event"),
    ]
    assert history[0].reason["text"] == "意向分 30，达到 B 级的 20 分"
    assert [(part["words"], part["points"]) for part in history[0].reason["parts"]] == [("想试驾", 30)]
    assert (history[1].reason["words"], history[1].reason["message_id"]) == ("这周就定", "m-week")
    assert (history[2].reason["words"], history[2].reason["message_id"]) == ("我的车到哪了", "m-mine")
    assert [change.changed_at for change in history] == [NOW, NOW + DAY, NOW + 2 * DAY]


def test_a_harmless_message_does_not_cool_who_named_his_time(database: Database) -> None:
    says(database, this_week(), Heard("m-ok", NOW + 6 * DAY, "好的"))
    assert customer_in(database).level == Level.H
    says(database, Heard("m-ok-2", NOW + 7 * DAY, "好的"))
    assert customer_in(database).level == Level.C


def test_naming_the_time_again_starts_it_again(database: Database) -> None:
    says(database, this_week(), this_week("m-week-2", NOW + 6 * DAY), Heard("m-ok", NOW + 12 * DAY, "好的"))
    assert customer_in(database).level == Level.H


def test_points_fade_and_with_them_the_level(database: Database) -> None:
    says(database, drive(), bargain())
    change = time_passes(database, 20 * DAY)
    assert change == TagChange(begun=[("意向级别", "C级")], ended=[("意向级别", "A级")])
    assert customer_in(database).score == 16.14
    assert time_passes(database, 20 * DAY) == TagChange()


def test_thirty_silent_days_make_a_silent_customer_who_may_come_back(database: Database) -> None:
    says(database, drive())
    time_passes(database, 30 * DAY)
    assert (customer_in(database).level, history_in(database)[-1].reason["kind"]) == (Level.N, "silence")
    says(database, drive("m-again", NOW + 40 * DAY))
    assert customer_in(database).level == Level.B


def test_a_focus_point_is_forgotten_after_ninety_days(database: Database) -> None:
    says(database, drive())
    time_passes(database, 90 * DAY)
    assert "续航能耗" in names_in(database)
    assert ("关注点", "续航能耗") in time_passes(database, 90 * DAY + timedelta(seconds=1)).ended


def test_a_tag_that_comes_back_shows_the_new_words(database: Database) -> None:
    says(database, drive())
    time_passes(database, 100 * DAY)
    says(database, drive("m-again", NOW + 101 * DAY))
    tag = next(tag for tag in tags_in(database) if tag.name == "续航能耗")
    assert (tag.message_id, tag.since, tag.ended_at) == ("m-again", NOW + 101 * DAY, None)
    assert len({tag.name for tag in tags_in(database)}) == len(tags_in(database))


def test_what_an_operator_undid_counts_no_more(database: Database) -> None:
    says(database, drive())
    with database.unit_of_work() as session:
        customer = recognise(session, "wm-li", now=NOW)
        store.live_focus(session, customer.id)[0].undone_at = NOW
        store.live_signals(session, customer.id)[0].undone_at = NOW
        session.flush()
        assert current_score(session, customer.id, RULES, now=NOW).total == 0
        assert settle_tags(session, customer, now=NOW).ended == [("关注点", "续航能耗")]
    says(database, drive())
    assert "续航能耗" not in names_in(database), "hearing the same message again does not bring it back"


def test_tags_of_others_are_left_alone(database: Database) -> None:
    with database.unit_of_work() as session:
        customer = recognise(session, "wm-li", now=NOW)
        ours = {"customer_id": customer.id, "message_id": "", "words": "", "confidence": 1.0, "since": NOW}
        session.add(CustomerTag(group="来源", name="车展", **ours))
    says(database, drive())
    time_passes(database, 100 * DAY)
    assert "车展" in names_in(database)


def test_a_signal_that_the_pack_no_longer_weighs_gives_no_points(database: Database) -> None:
    text = "旧信号"
    says(database, Heard("m-old", NOW, text, signals=[Signal("retired", span(text, "信号"))]))
    assert (customer_in(database).score, customer_in(database).level) == (0, Level.C)
    assert rows_in(database)["signal_records"] == 1


def test_an_older_message_that_arrives_late_does_not_turn_back_the_time(database: Database) -> None:
    says(database, drive(at=NOW), bargain(at=NOW - DAY))
    assert customer_in(database).last_heard_at == NOW


def test_the_newest_slot_holds(database: Database) -> None:
    text = "还是E5吧"
    says(database, drive(), Heard("m-e5", NOW + DAY, text, slots=[Slot(SlotName.MODEL, "e5", span(text, "E5"))]))
    with database.reading() as session:
        known = store.slots_known(session, customer_in(database).id, since=NOW)
        later = store.slots_known(session, customer_in(database).id, since=NOW + 2 * DAY)
    assert {name: row.value for name, row in known.items()} == {SlotName.MODEL: "e5"}
    assert later == {}


def test_the_level_is_called_as_advisors_call_it() -> None:
    assert [level_label(level) for level in (Level.H, Level.O)] == ["H级", "O级"]
