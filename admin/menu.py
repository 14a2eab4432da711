"""The console's pages: where each lies, what it is called, who may see it, and the function that shows it."""

from dataclasses import dataclass

from admin.desk import Show
from admin.pages import (
    advisors,
    audit,
    boxes,
    conversation_one,
    conversations,
    customer,
    customers,
    gap,
    gaps,
    group,
    groups,
    health,
    home,
    intents,
    materials,
    operators,
    plan,
    plans,
    script,
    script_import,
    scripts,
    sop_calendar,
    tags,
    tasks,
    touches,
    try_out,
)
from admin.terms import Right


@dataclass(frozen=True)
class Page:
    """`group` is the heading in the menu; without one the page is reached from another."""

    address: str
    title: str
    icon: str
    right: Right
    show: Show
    group: str = ""


PAGES = (
    Page("/", "总览", "dashboard", Right.SEE_HOME, home.show, "看"),
    Page("/conversations", "会话", "forum", Right.SEE_CONVERSATIONS, conversations.show, "看"),
    Page("/conversations/{external_id}", "会话", "forum", Right.SEE_CONVERSATIONS, conversation_one.show),
    Page("/customers", "客户", "group", Right.SEE_CUSTOMERS, customers.show, "看"),
    Page("/customers/{external_id}", "客户", "group", Right.SEE_CUSTOMERS, customer.show),
    Page("/groups", "客户群", "groups", Right.SEE_GROUPS, groups.show, "看"),
    Page("/groups/{chat_id}", "客户群", "groups", Right.SEE_GROUPS, group.show),
    Page("/tasks", "跟进任务", "task_alt", Right.SEE_TASKS, tasks.show, "看"),
    Page("/calendar", "日历", "calendar_month", Right.SEE_SOP, sop_calendar.show, "看"),
    Page("/touches", "触达台账", "receipt_long", Right.SEE_SOP, touches.show, "看"),
    Page("/scripts", "话术库", "quickreply", Right.SEE_SCRIPTS, scripts.show, "做"),
    Page("/scripts/import", "导入话术", "upload_file", Right.EDIT_SCRIPTS, script_import.show),
    Page("/scripts/{key}", "话术", "quickreply", Right.SEE_SCRIPTS, script.show),
    Page("/try", "命中测试", "bolt", Right.SEE_SCRIPTS, try_out.show, "做"),
    Page("/gaps", "未答问题", "help_center", Right.SEE_GAPS, gaps.show, "做"),
    Page("/gaps/{gap_id}", "未答问题", "help_center", Right.SEE_GAPS, gap.show),
    Page("/materials", "素材库", "perm_media", Right.SEE_MATERIALS, materials.show, "做"),
    Page("/tags", "标签", "sell", Right.SEE_TAGS, tags.show, "做"),
    Page("/intents", "意图与关注点", "psychology", Right.SEE_INTENTS, intents.show, "做"),
    Page("/sop", "SOP", "schedule_send", Right.SEE_SOP, plans.show, "做"),
    Page("/sop/{key}", "SOP", "schedule_send", Right.SEE_SOP, plan.show),
    Page("/boxes", "收发件箱", "inbox", Right.SEE_BOXES, boxes.show, "管理"),
    Page("/advisors", "顾问", "support_agent", Right.KEEP_OPERATORS, advisors.show, "管理"),
    Page("/operators", "操作员", "badge", Right.SEE_OPERATORS, operators.show, "管理"),
    Page("/audit", "审计", "history", Right.SEE_AUDIT, audit.show, "管理"),
    Page("/health", "体检", "monitor_heart", Right.SEE_HEALTH, health.show, "管理"),
)


def rights_by_path() -> dict[str, Right]:
    """What the guard asks: «/customers/{id}» is told as «/customers/*»."""
    return {page.address.partition("{")[0] + ("*" if "{" in page.address else ""): page.right for page in PAGES}
