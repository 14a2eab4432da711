"""Pure: the errors that callers are expected to act on.

AssistantError
├─ Misconfigured      the operator or IT must mend a setting, a pack file or WeCom's console; the text names it
│  └─ PackFaulty      a pack file says something wrong; the text names file and line
├─ CallbackRejected   answer 403, store nothing
├─ Unavailable        try again later; may carry `retry_after` seconds
│  └─ RateLimited     WeCom's frequency limit; the block lasts as long as the window
└─ Refused            trying again cannot help: park it with its reason
   ├─ AlreadySent     WeCom has this msgid already: it did arrive
   ├─ WindowClosed    48 hours, five messages or a used code: this channel is shut until the customer writes
   ├─ SessionTaken    a person or the pool holds the session: software may not speak in it
   └─ RecipientGone   no such customer or member, or no relation with them
"""


class AssistantError(Exception):
    """Base of all errors that we raise on purpose."""


class Misconfigured(AssistantError):
    """Somebody must mend a setting, a file or WeCom's console; the text is one sentence that names it."""


class PackFaulty(Misconfigured):
    """A pack file says something wrong; the text names file, line and reason."""


class CallbackRejected(AssistantError):
    """The callback is not WeCom's, or not for us."""


class Unavailable(AssistantError):
    """Trying again later may help; `retry_after` is WeCom's own hint in seconds."""

    def __init__(self, why: str, *, retry_after: float | None = None) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class RateLimited(Unavailable):
    """WeCom's frequency limit."""


class Refused(AssistantError):
    """Trying again cannot help; `code` is WeCom's errcode, 0 when the refusal is ours."""

    def __init__(self, why: str, *, code: int = 0) -> None:
        super().__init__(why)
        self.code = code


class AlreadySent(Refused):
    """WeCom knows this msgid: the message had arrived."""


class WindowClosed(Refused):
    """The 48 hours, the five messages or the code's life are used up."""


class SessionTaken(Refused):
    """A person, the pool or nobody holds the session; software may not speak in it (95018)."""


class RecipientGone(Refused):
    """Nobody there: unknown id, left the company, or relation ended."""
