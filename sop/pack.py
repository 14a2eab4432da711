"""The pack's part for speaking unprompted: sop/*.yaml, read with faults by file and line, and brought into the tables once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from core.errors import PackFaulty
from core.yaml_source import Fault, Source
from sop import store
from sop.models import Plan, PolicyRecord
from sop.plan_reading import read_plan
from sop.plan_terms import PlanContent, PlanState
from sop.policy_reading import Unreadable, read_policy
from sop.steer import fill, replace

FOLDER, POLICY_FILE = "sop", "policy.yaml"


@dataclass(frozen=True)
class SopPack:
    """Plans by key, typed and as plain data, and the policy for all as plain data; `sources` says where each plan stands."""

    plans: Mapping[str, PlanContent] = field(default_factory=dict)
    data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)

    def faults_against(self, materials: set[str], scripts: set[str]) -> list[Fault]:
        """Steps that name a material or a script that the pack does not have."""
        found = []
        for key, plan in self.plans.items():
            for number, step in enumerate(plan.steps):
                for one in step.wordings:
                    unknown = [f"material «{name}» is unknown" for name in one.attachments if name not in materials]
                    unknown += [f"script «{one.script}» is unknown"] if one.script and one.script not in scripts else []
                    found += [self.sources[key].fault(reason, key, "steps", number) for reason in unknown]
        return found


def read_sop(folder: Path) -> tuple[SopPack, list[Fault]]:
    """Everything in sop/ of the pack and every fault in it; a pack without such a folder has no plans."""
    faults: list[Fault] = []
    plans: dict[str, PlanContent] = {}
    data: dict[str, Mapping[str, Any]] = {}
    policy: Mapping[str, Any] = {}
    sources: dict[str, Source] = {}
    for path in sorted((folder / FOLDER).glob("*.yaml")):
        source = _source(path, f"{FOLDER}/{path.name}", faults)
        if source is None:
            continue
        if path.name == POLICY_FILE:
            policy = _policy(source, faults)
            continue
        for key, content in _plans(source, sources, faults).items():
            plans[key], data[key], sources[key] = content, as_json(source.value[key]), source
    return SopPack(plans, data, policy, sources), faults


def seed_plans(session: Session, pack: SopPack, *, now: datetime) -> tuple[list[str], list[str]]:
    """Bring plans and policy to what the pack says: (new, changed). New ones are drafts; what an operator edited stays as he left it."""
    new, changed = [], []
    for key, data in pack.data.items():
        row = store.plan(session, key)
        if row is None:
            row = Plan(key=key, state=PlanState.DRAFT, version=1)
            fill(row, data, store.PACK, now=now)
            session.add(row)
            new.append(key)
        elif row.made_by == store.PACK and store.as_data(row) != _filled(data):
            replace(session, row, data, store.PACK, now=now)
            store.skip_steps(session, key, [step.key for step in pack.plans[key].steps if not step.is_off], now=now)
            changed.append(key)
    _seed_policy(session, pack.policy, now=now)
    session.flush()
    return new, changed


def as_json(value: Any) -> Any:
    """Days as they stand in a row."""
    if isinstance(value, Mapping):
        return {str(key): as_json(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [as_json(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _filled(data: Mapping[str, Any]) -> dict[str, Any]:
    empty: dict[str, Any] = {"about": "", "audience": {}, "tracks": [], "policy": {}, "goal": {}, "needs": ""}
    return empty | dict(data)


def _seed_policy(session: Session, policy: Mapping[str, Any], *, now: datetime) -> None:
    row = session.get(PolicyRecord, 1)
    if row is None:
        session.add(PolicyRecord(id=1, body=dict(policy), made_by=store.PACK, updated_at=now))
    elif row.made_by == store.PACK and row.body != policy:
        row.body, row.updated_at = dict(policy), now


def _source(path: Path, name: str, faults: list[Fault]) -> Source | None:
    try:
        source = Source(path, name)
    except PackFaulty as error:
        file, line, reason = str(error).split(":", 2)
        faults.append(Fault(file, int(line), reason.strip()))
        return None
    faults += source.repeated
    return source


def _policy(source: Source, faults: list[Fault]) -> Mapping[str, Any]:
    try:
        read_policy(source.value)
    except Unreadable as fault:
        faults.append(source.fault(fault.reason, *fault.place))
        return {}
    policy: Mapping[str, Any] = as_json(source.value)
    return policy


def _plans(source: Source, known: Mapping[str, Source], faults: list[Fault]) -> dict[str, PlanContent]:
    if not isinstance(source.value, Mapping):
        faults.append(source.fault("a mapping of plans by key is expected here"))
        return {}
    found = {}
    for key, value in source.value.items():
        content, wrong = read_plan(str(key), value)
        faults += [source.fault(reason, key, *place) for place, reason in wrong]
        if key in known:
            faults.append(source.fault(f"plan «{key}» stands in {known[key].name} too", key))
        if content is not None:
            found[str(key)] = content
    return found
