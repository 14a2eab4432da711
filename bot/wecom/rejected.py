"""Pure: why a callback is turned away, and the HTTP status that says so. Nothing of it is stored."""

from core.errors import CallbackRejected


class Rejected(CallbackRejected):
    """Base of the reasons below; `status` is the HTTP status to answer with."""

    status = 403


class BadSignature(Rejected):
    """Not signed with our Token: it did not come from WeCom."""


class WrongReceiver(Rejected):
    """Signed and sealed correctly, but for another company."""


class Unreadable(Rejected):
    """Not the XML, or not the ciphertext, that WeCom sends."""

    status = 400
