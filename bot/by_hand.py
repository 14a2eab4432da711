"""What an operator writes to a customer himself: cut into messages, and said once a click."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages import hand_key
from bot.models import OutboxMessage
from bot.wecom.speech import text_pieces

# More than may be sent at once: a text is refused for its length, never cut off in silence.
_PIECES = 50


def pieces_of(text: str) -> list[str]:
    """The text as messages that fit WeCom's limit; empty for blanks."""
    return text_pieces(text, _PIECES) if text.strip() else []


def is_queued(session: Session, click: str) -> bool:
    """Whether what was sent with this click is on its way already."""
    return session.scalar(select(OutboxMessage.id).where(OutboxMessage.key == hand_key(click, 0))) is not None
