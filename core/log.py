"""Structured logs: ids and counts, never what somebody wrote. Personal numbers are masked even if one slips in."""

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

import structlog

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_VIN = "[A-HJ-NPR-Z0-9]"
# What an address asks for: names that somebody searched, tokens of links.
_QUERY = re.compile(r"\?[^\s'\"]+")

# Mainland mobile and landline numbers, identity cards, number plates, VINs.
_PERSONAL = [
    (re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)"), r"\1********\2"),
    (re.compile(r"(?<!\d)((?:86[\s-]?)?1[3-9]\d)[\s-]?\d{4}[\s-]?(\d{4})(?!\d)"), r"\1****\2"),
    (re.compile(r"(?<!\d)(0\d{2,3})[\s-]?\d{4}(\d{3,4})(?!\d)"), r"\1****\2"),
    (re.compile(rf"([{_PROVINCES}][A-Za-z])[·\s]?[A-Za-z0-9]{{3}}([A-Za-z0-9]{{2,3}})"), r"\1***\2"),
    (re.compile(rf"(?<![A-Za-z0-9])({_VIN}{{4}})(?={_VIN}*\d){_VIN}{{9}}({_VIN}{{4}})(?![A-Za-z0-9])"), r"\1*********\2"),
]


def mask_personal(text: str) -> str:
    """The text with phone numbers, identity cards, plates and VINs made unreadable in their middle."""
    for pattern, masked in _PERSONAL:
        text = pattern.sub(masked, text)
    return text


def set_up_logging(level: str, style: str) -> None:
    """Once, in main. `style` is «console» or «json»; logs go to stderr, stdout belongs to answers."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False) if style == "json" else plain
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    structlog.configure(
        processors=[structlog.processors.add_log_level, stamp, structlog.processors.format_exc_info, _masked, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        # Asked for anew with every line: whoever runs us may put another stream in its place.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _set_up_libraries()
    # Libraries that log by themselves would write whole URLs, access tokens included.
    for noisy in ("httpx", "httpcore", "apscheduler", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class LibraryLines(logging.Formatter):
    """What libraries log (the web server, the console's pages). Of an error its kind and where it went through, never its text or
    what was logged with it: both may hold what a customer wrote."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and for an error the frames."""
        error = record.exc_info[1] if record.exc_info else record.msg if isinstance(record.msg, BaseException) else None
        if error is None:
            said = _QUERY.sub("?…", record.getMessage())
            return f"{record.levelname.lower()} {record.name}: {mask_personal(said)}"
        frames = "".join(traceback.format_tb(error.__traceback__))
        return f"{record.levelname.lower()} {record.name}: {place_of(error)}\n{frames}".rstrip()


def _set_up_libraries() -> None:
    root = logging.getLogger()
    if not any(isinstance(handler.formatter, LibraryLines) for handler in root.handlers):
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(LibraryLines())
        root.addHandler(handler)


def _masked(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: _masked_value(value) for key, value in event.items()}


def _masked_value(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {key: _masked_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked_value(inner) for inner in value]
    return mask_personal(str(value))


def place_of(error: BaseException) -> str:
    """Kind and place of an error, without its text: that could hold a customer's words."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return type(error).__name__ + where
