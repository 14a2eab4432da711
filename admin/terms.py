"""Pure: the words of the console: roles, rights, and who is acting."""

from dataclasses import dataclass
from enum import StrEnum

from core.errors import AssistantError


class Role(StrEnum):
    """What an account is for; the rights of each are in admin/rights.py."""

    ADMIN = "admin"
    OPERATOR = "operator"
    STORE_MANAGER = "store_manager"
    ADVISOR = "advisor"


class Right(StrEnum):
    """One thing that may be allowed: to see a page, or to do something on it."""

    SEE_HOME = "see_home"
    SEE_CONVERSATIONS = "see_conversations"
    SEE_SCRIPTS = "see_scripts"
    SEE_GAPS = "see_gaps"
    SEE_MATERIALS = "see_materials"
    SEE_INTENTS = "see_intents"
    SEE_CUSTOMERS = "see_customers"
    SEE_TAGS = "see_tags"
    SEE_GROUPS = "see_groups"
    SEE_TASKS = "see_tasks"
    SEE_SOP = "see_sop"  # plans, calendar, ledger of touches
    SEE_BOXES = "see_boxes"
    SEE_OPERATORS = "see_operators"
    SEE_AUDIT = "see_audit"
    SEE_HEALTH = "see_health"
    SEE_PHONES = "see_phones"

    CORRECT = "correct"
    SERVE = "serve"  # take a conversation over, write in it, give it back
    EDIT_SCRIPTS = "edit_scripts"
    PUBLISH_SCRIPTS = "publish_scripts"
    EDIT_MATERIALS = "edit_materials"
    SETTLE_GAPS = "settle_gaps"
    TEACH = "teach"  # examples, retraining, way back, thresholds
    EDIT_CUSTOMERS = "edit_customers"  # give and undo a tag, opt out, assign
    EXPORT_CUSTOMERS = "export_customers"
    DELETE_CUSTOMERS = "delete_customers"
    EDIT_TAGS = "edit_tags"
    EDIT_GROUPS = "edit_groups"  # hold a group's stage
    EDIT_SOP = "edit_sop"  # start, hold and stop a plan, change its words, remind and cancel
    SETTLE_BOXES = "settle_boxes"  # try a parked row again, or give it up
    FOLLOW_UP = "follow_up"  # record what came of a reminder, put it off
    ASSIGN_TASKS = "assign_tasks"  # give a reminder to another advisor
    KEEP_OPERATORS = "keep_operators"


class Blocked(AssistantError):
    """What was asked for cannot be done; the text is a Chinese sentence for the operator, shown to him as it is."""


class NotAllowed(Blocked):
    """His role does not allow it."""


@dataclass(frozen=True)
class Who:
    """An operator who is signed in. `store` binds a 店长, `userid` (WeCom, lower case) a 顾问."""

    id: int
    name: str
    shown_as: str
    role: Role
    store: str = ""
    userid: str = ""
