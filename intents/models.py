"""Tables of what operators taught beyond the pack: examples and counter-examples, from corrections and by hand."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, UtcDateTime


class TaughtUtterance(Base):
    """An operator says what a message wants; it joins the pack's examples when the head is taught anew."""

    __tablename__ = "taught_utterances"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(unique=True)
    intent: Mapped[str]
    message_id: Mapped[str] = mapped_column(default="", index=True)  # WeCom's msgid, empty when it was typed
    taught_by: Mapped[str]
    taught_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TaughtFocus(Base):
    """An operator says what a sentence shows, or does not show: `polarity` is empty for a counter-example."""

    __tablename__ = "taught_focus"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    words: Mapped[str]
    point: Mapped[str]
    polarity: Mapped[str] = mapped_column(default="")
    message_id: Mapped[str] = mapped_column(default="", index=True)
    taught_by: Mapped[str]
    taught_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
