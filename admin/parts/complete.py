"""Whether what is typed in a dialog can be saved; each fault is shown below its own field."""

from nicegui.elements.mixins.validation_element import ValidationElement


def complete(*fields: ValidationElement) -> bool:  # type: ignore[type-arg]
    """All are asked, so that all faults are seen at once."""
    answers = [field.validate() for field in fields]
    return all(answers)
