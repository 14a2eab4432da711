"""Pure: an approved wording and the values of its variables → the words a customer reads."""

import re
from collections.abc import Mapping

from core.errors import Misconfigured
from kb.terms import Answer, Rendered, ScriptContent

_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


def variables_in(text: str) -> list[str | None]:
    """The names in braces, in their order; None for a brace that stands alone."""
    return [match[1] for match in _BRACES.finditer(text)]


def render(answer: Answer, variables: Mapping[str, str], allowed: Mapping[str, str]) -> Rendered:
    """The answer with its variables filled. `allowed` names every variable and its default, taken when the value is missing or empty.

    Misconfigured when the wording names a variable that is not allowed or has a stray brace: a customer must never read a brace of ours.
    """
    for name in variables_in(answer.text):
        if name not in allowed:
            raise Misconfigured(f"unknown variable «{name}» in an answer" if name is not None else "a stray brace in an answer")
    text = _BRACES.sub(lambda match: variables.get(match[1]) or allowed[match[1]], answer.text)
    return Rendered(text, answer.attachments)


def pick_answer(content: ScriptContent, seed: int) -> Answer:
    """One of the approved wordings: the first for seed 0, then in rotation."""
    return content.answers[seed % len(content.answers)]
