"""Pure: which role may do what; every page and every act asks here."""

from collections.abc import Mapping

from admin.terms import NotAllowed, Right, Role, Who

ROLE_NAMES: Mapping[Role, str] = {Role.ADMIN: "管理员", Role.OPERATOR: "运营", Role.STORE_MANAGER: "店长", Role.ADVISOR: "顾问"}

_ADVISOR = frozenset(
    {
        Right.SEE_CONVERSATIONS,
        Right.SEE_SCRIPTS,
        Right.SEE_CUSTOMERS,
        Right.SEE_GROUPS,
        Right.SEE_TASKS,
        Right.FOLLOW_UP,
        Right.SEE_PHONES,
        Right.SERVE,
    }
)
_STORE_MANAGER = _ADVISOR | {
    Right.SEE_HOME,
    Right.SEE_SOP,
    Right.SEE_MATERIALS,
    Right.CORRECT,
    Right.EDIT_CUSTOMERS,
    Right.EDIT_GROUPS,
    Right.ASSIGN_TASKS,
}
_ONLY_ADMIN = frozenset({Right.KEEP_OPERATORS, Right.SEE_OPERATORS, Right.SEE_AUDIT, Right.DELETE_CUSTOMERS})
# Phone numbers are for who talks with the customer and for who answers for the data.
_OPERATOR = frozenset(Right) - _ONLY_ADMIN - {Right.SEE_PHONES}

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right),
    Role.OPERATOR: _OPERATOR,
    Role.STORE_MANAGER: _STORE_MANAGER,
    Role.ADVISOR: _ADVISOR,
}


def may(who: Who, right: Right) -> bool:
    """Whether his role allows it."""
    return right in RIGHTS[who.role]


def must(who: Who, right: Right) -> None:
    """The first line of every act: NotAllowed unless his role allows it."""
    if not may(who, right):
        raise NotAllowed(f"{ROLE_NAMES[who.role]}没有这个权限，请找管理员")
