"""Passwords: argon2 hashes, and what a password must be like. The one file that knows argon2."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from admin.terms import Blocked

SHORTEST = 10
# A password longer than this is no safer, and hashing it is work that a stranger could make us do.
LONGEST = 200

# The library's own choice of cost (RFC 9106, low memory): about 50 ms on a small box.
_HASHER = PasswordHasher()
# A hash takes 64 MB and every core: a stranger who tries names by the hundred must not take them from the assistant.
AT_ONCE = 3
_TURNS = threading.BoundedSemaphore(AT_ONCE)
# Verified against when there is no such account, so that both answers take equally long.
_NOBODY = _HASHER.hash("nobody has this password")


def hashed(password: str) -> str:
    """The hash to keep. Blocked when the password is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Blocked(f"密码要 {SHORTEST} 到 {LONGEST} 个字符")
    with one_of_few():
        return _HASHER.hash(password)


def fits(password: str, password_hash: str) -> bool:
    """Whether this is the password; an empty hash fits none, and takes as long to say so. Blocked while too many others are asking."""
    try:
        with one_of_few():
            return _HASHER.verify(password_hash or _NOBODY, password[:LONGEST]) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


@contextmanager
def one_of_few() -> Iterator[None]:
    """Room for one more hash; Blocked at once when there is none, for whoever waits holds a thread that answers WeCom."""
    if not _TURNS.acquire(blocking=False):
        raise Blocked("现在登录的人太多，请过几秒再试")
    try:
        yield
    finally:
        _TURNS.release()
