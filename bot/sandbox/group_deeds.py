"""What people do with customer groups: found, join, invite, leave, remove, rename, hand over, dismiss. WeCom tells the assistant."""

from datetime import datetime

from bot.sandbox.group_terms import Group, InGroup
from bot.sandbox.stage import Stage
from bot.sandbox.terms import CannotDo, Json
from bot.sandbox.xml_document import Element

_MOST_IN_A_GROUP = 500
_BY_QR, _INVITED = "3", "0"


class GroupDeeds(Stage):
    """Who joins is a customer by his external_userid or a member of the company by his userid."""

    def group_founded(self, owner: str, name: str) -> str:
        """A member makes a customer group: event `create`. Returns the chat_id."""
        with self._deed() as now:
            member = self._corp.member(owner)
            group = Group(self._corp.issue("wr"), name.strip() or f"{member.name}的客户群", member.userid, now)
            group.members[member.userid] = InGroup(member.userid, member.name, False, now)
            self._corp.groups.by_id[group.chat_id] = group
            self._announce(group, "create", now=now)
            return group.chat_id

    def joins_group(self, who: str, chat_id: str, *, inviter: str = "", state: str = "group_qr_01") -> None:
        """By the group's QR code, or invited: event `add_member`."""
        with self._deed() as now:
            group, one = self._group(chat_id), self._person(who, now)
            if one.userid in group.members:
                raise CannotDo("已经在群里")
            if len(group.members) >= _MOST_IN_A_GROUP:
                raise CannotDo("群已满")
            by = self._corp.member(inviter).userid if inviter else ""
            one.scene, one.inviter, one.state = (1, by, "") if by else (3, "", state)
            self._move(group, {**group.members, one.userid: one}, one.userid, ("JoinScene", _INVITED if by else _BY_QR), now=now)

    def leaves_group(self, who: str, chat_id: str, *, removed: bool = False) -> None:
        """He goes, or the owner removes him: event `del_member`. The owner must hand the group over first."""
        with self._deed() as now:
            group = self._group(chat_id)
            if who not in group.members:
                raise CannotDo("不在群里")
            if who == group.owner:
                raise CannotDo("群主要先转让群")
            left = {userid: one for userid, one in group.members.items() if userid != who}
            self._move(group, left, who, ("QuitScene", "1" if removed else "0"), now=now)

    def group_handed_over(self, chat_id: str, owner: str) -> None:
        """Another member owns it; he comes in first if he is not there yet: event `change_owner`."""
        with self._deed() as now:
            group, member = self._group(chat_id), self._corp.member(owner)
            if member.userid == group.owner:
                raise CannotDo("他已经是群主")
            if member.userid not in group.members:
                one = InGroup(member.userid, member.name, False, now, inviter=group.owner)
                self._move(group, {**group.members, one.userid: one}, one.userid, ("JoinScene", _INVITED), now=now)
            group.owner = member.userid
            self._announce(group, "update", ("UpdateDetail", "change_owner"), now=now)

    def group_renamed(self, chat_id: str, name: str) -> None:
        """Event `change_name`."""
        with self._deed() as now:
            group = self._group(chat_id)
            group.name = name
            self._announce(group, "update", ("UpdateDetail", "change_name"), now=now)

    def group_noticed(self, chat_id: str, notice: str) -> None:
        """The owner writes a notice: event `change_notice`."""
        with self._deed() as now:
            group = self._group(chat_id)
            group.notice = notice
            self._announce(group, "update", ("UpdateDetail", "change_notice"), now=now)

    def group_dismissed(self, chat_id: str) -> None:
        """Event `dismiss`; the API does not know it any more."""
        with self._deed() as now:
            group = self._group(chat_id)
            group.dismissed_at = now
            self._announce(group, "dismiss", now=now)

    def lose_group_events(self, count: int = 1) -> None:
        """The next `count` events about groups never leave WeCom."""
        with self._deed():
            self._corp.groups.events_to_lose = count

    def groups_view(self) -> Json:
        """For the page: the groups with who is in them."""
        with self._look():
            shown = [
                {
                    "id": group.chat_id,
                    "name": group.name,
                    "owner": group.owner,
                    "notice": group.notice,
                    "members": [{"id": one.userid, "name": one.name, "customer": one.is_customer} for one in group.members.values()],
                }
                for group in self._corp.groups.alive()
            ]
            return {"list": shown, "events_to_lose": self._corp.groups.events_to_lose}

    def _group(self, chat_id: str) -> Group:
        group = self._corp.groups.by_id.get(chat_id)
        if group is None or group.dismissed_at is not None:
            raise CannotDo("没有这个群，或者已经解散")
        return group

    def _person(self, who: str, now: datetime) -> InGroup:
        if who.lower() in self._corp.members:
            member = self._corp.member(who)
            return InGroup(member.userid, member.name, False, now)
        return InGroup(who, self._corp.meet(who, "", now=now).nickname, True, now)

    def _move(self, group: Group, members: dict[str, InGroup], who: str, scene: Element, *, now: datetime) -> None:
        before = group.version
        detail = "add_member" if len(members) > len(group.members) else "del_member"
        group.change_members(members, now=now)
        changed: list[Element] = [
            ("MemChangeCnt", 1),
            ("MemChangeList", [("Item", who)]),
            ("LastMemVer", before),
            ("CurMemVer", group.version),
        ]
        self._announce(group, "update", ("UpdateDetail", detail), scene, *changed, now=now)

    def _announce(self, group: Group, change: str, *more: Element, now: datetime) -> None:
        if self._corp.groups.events_to_lose:
            self._corp.groups.events_to_lose -= 1
            return
        head = [("FromUserName", "sys"), ("CreateTime", int(now.timestamp())), ("MsgType", "event"), ("Event", "change_external_chat")]
        self._corp.callbacks.queue([*head, ("ChangeType", change), ("ChatId", group.chat_id), *more], now=now)
