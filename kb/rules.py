"""Pure: which scripts may answer a question at all, before anything is ranked."""

from datetime import date

from kb.terms import Material, Question, Scope, ScriptContent


def may_answer(content: ScriptContent, question: Question) -> bool:
    """Whether a published script holds for this question on its day. Out of scope or out of date is never sent, however alike."""
    return is_in_scope(content.scope, question) and content.is_valid_on(question.today)


def is_in_scope(scope: Scope, question: Question) -> bool:
    """A dimension excludes only when both sides name something and nothing in common."""
    return all(not ours or not asked or ours & asked for ours, asked in _dimensions(scope, question))


def scope_fit(scope: Scope, question: Question) -> float:
    """1 when a special script is about just what was asked for, 0 for a general one, -1 when the question leaves open what it needs.

    So «多少钱» prefers the overview of all models, and «E7多少钱» the E7's own script.
    """
    special = [bool(asked) for ours, asked in _dimensions(scope, question) if ours]
    if not special:
        return 0.0
    return 1.0 if all(special) else -1.0


def may_attach(material: Material, day: date) -> bool:
    """A material whose claim has run out is left away."""
    return material.valid_until is None or day <= material.valid_until


def _dimensions(scope: Scope, question: Question) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    return (
        (scope.models, question.models),
        (scope.trims, question.trims),
        (scope.cities, question.cities),
        (scope.stores, question.stores),
    )
