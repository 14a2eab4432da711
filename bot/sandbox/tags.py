"""Corp tags: the library, and the tags of one pair of advisor and customer (reference §6.5)."""

from datetime import datetime

from bot.sandbox.corp import Corp, Tag, TagGroup, stable_id
from bot.sandbox.fields import MISSING, Asked, integer_of, list_of, text_of
from bot.sandbox.terms import ApiError, Json

TAGS_OF_A_CORP = 10_000
_ORDERS = 2**32 - 1


def get_corp_tag_list(corp: Corp, asked: Asked) -> Json:
    """POST get_corp_tag_list: everything, or the groups, or (weaker) the tags that are named."""
    group_ids = list_of(asked.fields, "group_id", kind=str, most=1000)
    tag_ids = [] if group_ids else list_of(asked.fields, "tag_id", kind=str, most=1000)
    shown: list[Json] = []
    for group in corp.tag_groups.values():
        tags = [tag for tag in group.tags if not tag_ids or tag.id in tag_ids]
        if tags and (not group_ids or group.id in group_ids):
            shown.append(_shown(group, tags))
    return {"tag_group": shown}


def add_corp_tag(corp: Corp, asked: Asked) -> Json:
    """POST add_corp_tag: a new group, or more tags for one that exists. All of them or none."""
    names = [text_of(tag, "name", missing=40072) for tag in list_of(asked.fields, "tag", kind=dict, most=TAGS_OF_A_CORP)]
    orders = [integer_of(tag, "order", least=0, most=_ORDERS, default=0) for tag in asked.fields.get("tag", [])]
    if not names:
        raise ApiError(MISSING, "tag is missing or empty")
    group = _group(corp, asked)
    _check_names(corp, group, names)
    group.order = integer_of(asked.fields, "order", least=0, most=_ORDERS, default=group.order)
    added = [Tag(stable_id("et", group.name, name), name, asked.now, order) for name, order in zip(names, orders, strict=True)]
    group.tags += added
    corp.tag_groups[group.id] = group
    return {"tag_group": _shown(group, added)}


def mark_tag(corp: Corp, asked: Asked) -> Json:
    """POST mark_tag: for one pair that is in contact (84061); every id must be one of the library (40068)."""
    userid = text_of(asked.fields, "userid").lower()
    external_userid = text_of(asked.fields, "external_userid", missing=41035)
    add, remove = (list_of(asked.fields, name, kind=str, most=1000, wrong=41111) for name in ("add_tag", "remove_tag"))
    if userid not in corp.members:
        raise ApiError(60111, "userid not found")
    corp.customer(external_userid)
    follow = corp.follows.get((userid, external_userid))
    if follow is None:
        raise ApiError(84061, "no contact relation")
    if not add and not remove:
        raise ApiError(41111, "add_tag and remove_tag are both empty")
    known = {tag.id for group in corp.tag_groups.values() for tag in group.tags}
    if not known.issuperset([*add, *remove]):
        raise ApiError(40068, "invalid tag id")
    kept = [tag for tag in follow.tags if tag not in remove]
    follow.tags = list(dict.fromkeys([*kept, *add]))
    return {}


def seed_tags(corp: Corp, group_name: str, names: tuple[str, ...], *, now: datetime) -> None:
    """A group that an administrator made before we came."""
    tags = [Tag(stable_id("et", group_name, name), name, now) for name in names]
    group = TagGroup(stable_id("et", group_name), group_name, now, tags=tags)
    corp.tag_groups[group.id] = group


def _group(corp: Corp, asked: Asked) -> TagGroup:
    group_id = text_of(asked.fields, "group_id", required=False)
    if group_id:
        if group_id not in corp.tag_groups:
            raise ApiError(40068, "invalid group_id")
        return corp.tag_groups[group_id]
    name = text_of(asked.fields, "group_name", most_chars=30, wrong=40072)
    existing = [group for group in corp.tag_groups.values() if group.name == name]
    return existing[0] if existing else TagGroup(stable_id("et", name), name, asked.now)


def _check_names(corp: Corp, group: TagGroup, names: list[str]) -> None:
    if any(len(name) > 30 for name in names):
        raise ApiError(40072, "a tag name exceeds 30 characters")
    taken = {tag.name for tag in group.tags}
    if len(set(names)) < len(names) or taken.intersection(names):
        raise ApiError(40071, "tag name exists")
    if sum(len(each.tags) for each in corp.tag_groups.values()) + len(names) > TAGS_OF_A_CORP:
        raise ApiError(40126, "too many corp tags")


def _shown(group: TagGroup, tags: list[Tag]) -> Json:
    return {
        "group_id": group.id,
        "group_name": group.name,
        "create_time": int(group.created_at.timestamp()),
        "order": group.order,
        "deleted": False,
        "tag": [
            {"id": tag.id, "name": tag.name, "create_time": int(tag.created_at.timestamp()), "order": tag.order, "deleted": False}
            for tag in tags
        ],
    }
