"""The answers of a script's form: words with a live count of bytes, variables by a button, attachments picked with their picture."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from nicegui import ui

from admin.looks.materials import ICONS, thumbnail
from admin.parts.dialog import answer_to
from admin.parts.picture import picture
from admin.uploads import KIND_NAMES
from kb.terms import VARIABLES, Answer, Material
from kb.wording import ANSWER_BYTES, ATTACHMENTS, Place


@dataclass
class _Held:
    """One answer as it is being written, and the elements that show it."""

    text: str
    attachments: list[str]
    words: ui.textarea | None = field(default=None, compare=False)
    count: ui.label | None = field(default=None, compare=False)
    fault: ui.label | None = field(default=None, compare=False)


class AnswerFields:
    """Any number of answers; one is picked in turn when the script is said."""

    def __init__(self, answers: Sequence[Answer], materials: Mapping[str, Material], *, changed: Callable[[], None], locked: bool) -> None:
        self._held = [_Held(answer.text, list(answer.attachments)) for answer in answers] or [_Held("", [])]
        self._materials, self._told, self._locked = materials, changed, locked
        self._box: ui.column

    def show(self) -> None:
        """Build them."""
        self._box = ui.column().classes("wide answers")
        self._draw()
        if not self._locked:
            ui.button("再写一个答案", icon="add", on_click=self._add).props("flat no-caps dense")

    def answers(self) -> tuple[Answer, ...]:
        """What the fields say; empty ones without attachments beside others are passed over."""
        said = [Answer(held.text.strip(), tuple(held.attachments)) for held in self._held]
        filled = [answer for answer in said if answer.text or answer.attachments]
        return tuple(filled or said[:1])

    def show_faults(self, faults: Sequence[tuple[Place, str]], *, strict: bool) -> None:
        """Each at its answer, and how long each is."""
        filled = [held for held in self._held if held.text.strip() or held.attachments] or self._held[:1]
        for held in self._held:
            at = filled.index(held) if held in filled else -1
            reasons = [reason for place, reason in faults if len(place) > 1 and place[1] == at]
            size = len(held.text.strip().encode())
            if held.count:
                held.count.text = f"{size} / {ANSWER_BYTES} 字节"
                held.count.classes(replace="num bad" if size > ANSWER_BYTES else "num faint")
            if held.fault:
                held.fault.text = "；".join(reasons) if strict or held.text.strip() or held.attachments else ""

    def _draw(self) -> None:
        self._box.clear()
        with self._box:
            for number, held in enumerate(self._held, start=1):
                self._answer(number, held)

    def _answer(self, number: int, held: _Held) -> None:
        with ui.column().classes("wide answer"):
            held.words = ui.textarea(f"答案 {number}", value=held.text, on_change=partial(self._typed, held))
            held.words.props('outlined autogrow dense debounce="200" hide-bottom-space' + (" readonly" if self._locked else "")).classes(
                "wide"
            )
            with ui.row().classes("tools"):
                if not self._locked:
                    self._tools(held)
                ui.space()
                held.count = ui.label("").classes("num faint")
            held.fault = ui.label("").classes("bad small")
            if held.attachments:
                with ui.row().classes("attachments"):
                    for key in held.attachments:
                        self._attached(held, key)

    def _tools(self, held: _Held) -> None:
        for name in sorted(VARIABLES):
            ui.button(f"{{{name}}}", on_click=partial(self._insert, held, name)).props("flat dense no-caps size=sm").tooltip(
                f"插入变量：发送时换成客户的{name}"
            )
        ui.button("附件", icon="attach_file", on_click=partial(self._pick, held)).props("flat dense no-caps size=sm")
        if len(self._held) > 1:
            ui.button("删除这个答案", on_click=partial(self._remove, held)).props("flat dense no-caps size=sm color=negative")

    def _attached(self, held: _Held, key: str) -> None:
        material = self._materials.get(key)
        with ui.row().classes("attachment"):
            _picture(material)
            ui.label(material.title if material else f"{key}（已停用）").classes("" if material else "bad")
            if not self._locked:
                button = ui.button(icon="close", on_click=partial(self._detach, held, key))
                button.props("flat dense round size=sm aria-label=移除附件")

    async def _insert(self, held: _Held, name: str) -> None:
        """At the cursor; the browser knows where that is."""
        if held.words is None:
            return
        found = await ui.run_javascript(
            f"const box = document.getElementById('c{held.words.id}'); const area = box.matches('textarea') ? box : "
            "box.querySelector('textarea'); return area ? area.selectionStart : -1"
        )
        at = found if isinstance(found, int) and found >= 0 else len(held.text)
        held.words.set_value(f"{held.text[:at]}{{{name}}}{held.text[at:]}")

    async def _pick(self, held: _Held) -> None:
        if len(held.attachments) >= ATTACHMENTS:
            ui.notify(f"一个答案最多 {ATTACHMENTS} 个附件，请先移除一个", type="warning")
            return
        key = await pick_material(self._materials)
        if key and key not in held.attachments:
            held.attachments.append(key)
            self._redraw()

    def _typed(self, held: _Held) -> None:
        held.text = str(held.words.value or "") if held.words else ""
        self._told()

    def _detach(self, held: _Held, key: str) -> None:
        held.attachments.remove(key)
        self._redraw()

    def _add(self) -> None:
        self._held.append(_Held("", []))
        self._redraw()

    def _remove(self, held: _Held) -> None:
        self._held = [one for one in self._held if one is not held]
        self._redraw()

    def _redraw(self) -> None:
        self._draw()
        self._told()


async def pick_material(materials: Mapping[str, Material]) -> str | None:
    """The key of the material he clicks; None when he thinks better of it."""
    with ui.dialog() as dialog, ui.card().classes("dialog picker"):
        ui.label("选择附件").classes("strong")
        if not materials:
            ui.label("素材库还是空的，请先到「素材库」上传。").classes("soft")
        words = ui.input(placeholder="按标题找").props("dense outlined clearable autofocus").classes("wide")
        with ui.column().classes("choices"):
            for key, material in materials.items():
                with ui.row().classes("choice").on("click", partial(dialog.submit, key)) as row:
                    _picture(material)
                    ui.label(material.title)
                    ui.label(KIND_NAMES[material.kind]).classes("chip")
                row.bind_visibility_from(words, "value", partial(_is_like, material.title))
    key = await answer_to(dialog)
    return str(key) if key else None


def _picture(material: Material | None) -> None:
    """A small picture of it, or its kind's sign."""
    address = thumbnail(material) if material else ""
    if address:
        picture(address, "thumb")
    else:
        ui.icon(ICONS[material.kind] if material else "help_outline").classes("kind")


def _is_like(title: str, typed: str | None) -> bool:
    return (typed or "").strip().lower() in title.lower()
