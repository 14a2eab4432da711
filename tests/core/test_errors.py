"""The error tree answers what a caller can do."""

import pytest

from core import errors


def tree(error: type[Exception]) -> dict[str, object]:
    return {below.__name__: tree(below) for below in error.__subclasses__() if below.__module__ == errors.__name__}


def test_the_tree_is_the_one_that_the_docstring_draws() -> None:
    assert tree(errors.AssistantError) == {
        "Misconfigured": {"PackFaulty": {}},
        "CallbackRejected": {},
        "Unavailable": {"RateLimited": {}},
        "Refused": {"AlreadySent": {}, "WindowClosed": {}, "SessionTaken": {}, "RecipientGone": {}},
    }
    assert errors.__doc__ is not None
    assert all(name in errors.__doc__ for name in dir(errors) if isinstance(getattr(errors, name), type))


def test_unavailable_carries_wecom_s_hint() -> None:
    assert errors.RateLimited("too often", retry_after=60).retry_after == 60
    assert errors.Unavailable("nobody there").retry_after is None


def test_a_refusal_carries_wecom_s_code() -> None:
    with pytest.raises(errors.Refused) as refused:
        raise errors.SessionTaken("a servicer talks", code=95018)
    assert (str(refused.value), refused.value.code) == ("a servicer talks", 95018)
