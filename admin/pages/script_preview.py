"""A script as the customer sees it: bubbles on a phone, variables filled, attachments drawn."""

from collections.abc import Mapping

from nicegui import ui

from admin.looks.materials import ICONS, thumbnail
from admin.parts.picture import picture
from bot.reply import Speech, variables_for
from core.errors import Misconfigured
from customers.terms import SlotName
from kb.render import render
from kb.terms import Answer, Material, MaterialKind, ScriptContent


def show_preview(content: ScriptContent, materials: Mapping[str, Material], speech: Speech) -> None:
    """One phone; every answer of the script is one that the customer may get."""
    with ui.column().classes("phone"):
        ui.label(content.standard or "客户的问题").classes("bubble his")
        if not content.answers:
            ui.label("还没有答案").classes("faint")
        for number, answer in enumerate(content.answers, start=1):
            if len(content.answers) > 1:
                ui.label(f"答案 {number}").classes("faint middle")
            ui.label(_words(answer, content, speech)).classes("bubble ours pre")
            for key in answer.attachments:
                if key in materials:
                    _attachment(materials[key])


def _words(answer: Answer, content: ScriptContent, speech: Speech) -> str:
    """With a single model or store in its scope a script is said about that one."""
    scope = {SlotName.MODEL: content.scope.models, SlotName.STORE: content.scope.stores}
    slots = {name: next(iter(keys)) for name, keys in scope.items() if len(keys) == 1}
    try:
        return render(answer, variables_for(speech, slots), speech.replies.variables).text or "……"
    except Misconfigured:
        return answer.text


def _attachment(material: Material) -> None:
    address = thumbnail(material)
    if material.kind is MaterialKind.IMAGE:
        picture(address, "bubble picture")
        return
    with ui.row().classes("bubble attached"):
        with ui.column().classes("words"):
            ui.label(material.title).classes("strong")
            if material.desc:
                ui.label(material.desc).classes("faint")
        if address:
            picture(address, "thumb")
        else:
            ui.icon(ICONS[material.kind]).classes("kind")
