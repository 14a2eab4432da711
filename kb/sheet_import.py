"""话术 ↔ spreadsheet: everything out as one file; a file back in, first as a plan that names every fault, then as drafts, all or none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.errors import Refused
from core.fingerprint import fingerprint
from kb import publish, spreadsheet, store
from kb.content import content_from_json, content_hash
from kb.models import Script, ScriptVersion
from kb.sheet_rows import (
    ATTACHMENTS,
    INTENT,
    KEY,
    SCOPES,
    STATUS,
    STATUS_NAMES,
    VERSION,
    Row,
    SheetFault,
    SheetNames,
    column_faults,
    columns,
    content_of,
    row_of,
    shown,
)
from kb.sheet_text import as_line
from kb.terms import ScriptContent, ScriptStatus
from kb.versions_diff import FieldDiff, diff

_Known = dict[str, tuple[Script, ScriptVersion]]


@dataclass(frozen=True)
class Planned:
    """A row that would make a draft. `before` is the newest version's number, None for a new script; `differences` are against it."""

    row: int
    content: ScriptContent
    before: int | None = None
    differences: tuple[FieldDiff, ...] = ()


@dataclass(frozen=True)
class ImportPlan:
    """What a file would do. `untouched` scripts are not in it and stay. With `faults` it may not be applied; `notices` are for reading.

    `library` names the state of the library that the file was held against.
    """

    new: tuple[Planned, ...]
    changed: tuple[Planned, ...]
    unchanged: tuple[str, ...]
    untouched: int
    faults: tuple[SheetFault, ...]
    notices: tuple[SheetFault, ...]
    library: str


def export_scripts(session: Session, names: SheetNames) -> bytes:
    """All scripts, the newest version of each, as an .xlsx file. Refused when a cell would be longer than Excel allows."""
    known = store.current_versions(session)
    contents = {key: content_from_json(version.content) for key, (_, version) in known.items()}
    header = columns(max((len(content.answers) for content in contents.values()), default=1))
    rows = [
        row_of(contents[key], names, status=ScriptStatus(known[key][0].status), version=known[key][1].version) for key in sorted(contents)
    ]
    return spreadsheet.write(header, rows, _choices(names))


def dry_run(session: Session, data: bytes, names: SheetNames) -> ImportPlan:
    """Read a file and say what it would do; nothing is written. Refused, in Chinese, when it is no workbook that can be read."""
    table = spreadsheet.read(data)
    known = store.current_versions(session)
    library = _state(session, known)
    faults = column_faults(table.header)
    if not faults and not table.rows:
        faults = [SheetFault(0, "", "表格里没有一条话术，请从第 2 行开始填写")]
    if faults:
        return ImportPlan((), (), (), len(known), tuple(faults), (), library)
    read = [(row, *content_of(row, names, known=known)) for row in table.rows]
    faults = [fault for _, _, found in read for fault in found] + _repeated([(row.number, content.key) for row, content, _ in read])
    planned = [_planned(row, content, known) for row, content, found in read if not found]
    return ImportPlan(
        new=tuple(one for one in planned if one.before is None),
        changed=tuple(one for one in planned if one.before is not None and one.differences),
        unchanged=tuple(one.content.key for one in planned if one.before is not None and not one.differences),
        untouched=len(known.keys() - {content.key for _, content, _ in read}),
        faults=tuple(sorted(faults, key=lambda fault: fault.row)),
        notices=tuple(notice for row, content, _ in read if content.key in known for notice in _notices(row, content, known[content.key])),
        library=library,
    )


def apply(session: Session, plan: ImportPlan, by: str, *, now: datetime) -> list[tuple[str, int]]:
    """Drafts of everything new and changed, as (key, version); in the caller's transaction, so all or none.

    Refused, in Chinese, when the plan has faults, or when any script was changed, published or retired since the dry run.
    """
    if plan.faults:
        raise Refused(f"表格里还有 {len(plan.faults)} 处错误，改好后重新导入")
    store.lock_library(session)
    if _state(session, store.current_versions(session)) != plan.library:
        raise Refused("检查之后话术库又有改动，请重新导入一次，看过差异再确认")
    planned = (*plan.new, *plan.changed)
    return [(one.content.key, publish.save_draft(session, one.content, by, now=now)) for one in planned]


def _planned(row: Row, content: ScriptContent, known: _Known) -> Planned:
    if content.key not in known:
        return Planned(row.number, content)
    _, newest = known[content.key]
    # An order that means nothing (of a scope's keys) and the form of the file make no difference: contents are compared, not cells.
    differences = diff(content_from_json(newest.content), content) if newest.content_hash != content_hash(content) else []
    return Planned(row.number, content, newest.version, tuple(differences))


def _repeated(keys: Sequence[tuple[int, str]]) -> list[SheetFault]:
    first: dict[str, int] = {}
    for number, key in keys:
        first.setdefault(key, number)
    repeats = ((number, key) for number, key in keys if key and first[key] != number)
    return [SheetFault(number, KEY, f"编号「{key}」与第 {first[key]} 行重复，请改成别的编号或删掉一行") for number, key in repeats]


def _notices(row: Row, content: ScriptContent, known: tuple[Script, ScriptVersion]) -> Iterable[SheetFault]:
    """What a row says that an import does not do."""
    script, newest = known
    status, version = (str(row.cells.get(name) or "").strip() for name in (STATUS, VERSION))
    if status and status != STATUS_NAMES[ScriptStatus(script.status)]:
        yield SheetFault(
            row.number, STATUS, f"「{content.key}」现在是{STATUS_NAMES[ScriptStatus(script.status)]}，导入不改状态，请在话术库里操作"
        )
    if version and version != str(newest.version):
        yield SheetFault(row.number, VERSION, f"「{content.key}」导出时是第 {version} 版，现在是第 {newest.version} 版，请看清差异再确认")


def _state(session: Session, known: _Known) -> str:
    """Changes with every new version and every change of what is published."""
    return fingerprint(store.revision(session), sorted((key, version.version, version.content_hash) for key, (_, version) in known.items()))


def _choices(names: SheetNames) -> dict[str, list[str]]:
    known = {INTENT: names.intents, **{column: getattr(names, name) for column, name in SCOPES.items()}, ATTACHMENTS: names.materials}
    return {column: [as_line(shown(key, some)) for key in some] for column, some in known.items()}
