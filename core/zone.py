"""Pure: the zone in which customers, advisors and calendars live."""

from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
