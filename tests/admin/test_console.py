"""What the console's library may log."""

import logging

from admin.console import is_a_fault
from admin.terms import Blocked, NotAllowed


def line(error: BaseException | None, said: object = "") -> logging.LogRecord:
    return logging.LogRecord("nicegui", logging.ERROR, "", 1, said, None, (type(error), error, None) if error else None)


def test_a_refusal_is_no_fault_and_everything_else_is() -> None:
    refused = Blocked("登录已结束，请重新登录")
    assert not is_a_fault(line(refused, refused))
    assert not is_a_fault(line(None, NotAllowed("没有权限")))
    assert is_a_fault(line(ValueError("x")))
    assert is_a_fault(line(None, "not found"))
