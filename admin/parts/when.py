"""Pure: moments as people in Shanghai read them."""

from datetime import datetime, timedelta

from core.zone import SHANGHAI


def when(moment: datetime | None, *, now: datetime) -> str:
    """«刚刚», «5 分钟前», «10:31», «昨天 10:31», «11-20 10:31», «2025-11-20»; «—» for never."""
    if moment is None:
        return "—"
    local, today = moment.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
    past = now - moment
    if timedelta(0) <= past < timedelta(minutes=1):
        return "刚刚"
    if timedelta(0) <= past < timedelta(hours=1):
        return f"{int(past.total_seconds()) // 60} 分钟前"
    if local.date() == today.date():
        return f"{local:%H:%M}"
    if local.date() == (today - timedelta(days=1)).date():
        return f"昨天 {local:%H:%M}"
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d}"


def exactly(moment: datetime | None) -> str:
    """To the second, for audits and tooltips."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if moment else "—"


def how_late(span: timedelta) -> str:
    """«刚到期», «逾期 5 分钟», «逾期 2 小时», «逾期 3 天»: how long something should have been done by now."""
    minutes = int(span.total_seconds()) // 60
    if minutes < 1:
        return "刚到期"
    if minutes < 60:
        return f"逾期 {minutes} 分钟"
    return f"逾期 {minutes // 60} 小时" if minutes < 24 * 60 else f"逾期 {minutes // (24 * 60)} 天"


def lasted(span: timedelta | None) -> str:
    """«8 秒», «3 分 20 秒», «2 小时 5 分», «3 天»; «—» when there is none."""
    if span is None:
        return "—"
    seconds = round(span.total_seconds())
    if seconds < 60:
        return f"{seconds} 秒" if seconds >= 10 else f"{span.total_seconds():.1f} 秒"
    if seconds < 3600:
        return f"{seconds // 60} 分 {seconds % 60} 秒"
    if seconds < 86400:
        return f"{seconds // 3600} 小时 {seconds % 3600 // 60} 分"
    return f"{seconds // 86400} 天"
