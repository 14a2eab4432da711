"""Pure: what one turn leaves for the next: the last question, the cars it was about, the menu or the offer that stands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

# «好的», «1» and «那E5呢» lean on what was said just now; after a pause they mean something else.
CONTEXT_LASTS = timedelta(minutes=30)


@dataclass(frozen=True)
class Context:
    """`asked` is made whole and normalised; `options` are the script keys of the menu, in its order; `offer` names one of the pack's."""

    at: datetime | None = None
    asked: str = ""
    intent: str = ""  # of the script that answered last
    models: tuple[str, ...] = ()  # those that were named last, together
    options: tuple[str, ...] = ()
    offer: str = ""

    def seen(self, *, now: datetime) -> "Context":
        """What of it still holds: after a pause only which cars were spoken of."""
        return self if self.at and now - self.at <= CONTEXT_LASTS else Context(models=self.models)

    def offering(self, offer: str) -> "Context":
        """The same, with what the reply offers."""
        return replace(self, offer=offer)

    def as_data(self) -> dict[str, Any]:
        """Plain data for the session's row."""
        return {**vars(self), "at": self.at.isoformat() if self.at else None, "models": list(self.models), "options": list(self.options)}


def context_of(data: Mapping[str, Any] | None) -> Context:
    """What `as_data` kept; nothing when there was nothing."""
    if not data:
        return Context()
    at = data.get("at")
    models, options = (tuple(data.get(name) or ()) for name in ("models", "options"))
    asked, intent, offer = (str(data.get(name) or "") for name in ("asked", "intent", "offer"))
    return Context(datetime.fromisoformat(at) if at else None, asked, intent, models, options, offer)
