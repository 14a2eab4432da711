"""A whole pack: every package reads its own part; here they are put together and held against each other."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.pack import FILE as REPLIES_FILE
from bot.pack import Replies, read_replies
from core.errors import PackFaulty
from core.fingerprint import fingerprint
from core.yaml_source import Fault, Source
from customers.group_pack import FILE as GROUPS_FILE
from customers.group_pack import read_lifecycle_rule
from customers.lifecycle import LifecycleRule
from customers.pack import LevelRules, read_level_rules
from intents.pack import read_intent_pack
from intents.teaching import Example, IntentPack
from intents.terms import Intent
from kb.pack import ScriptPack, read_script_pack
from sop.followup_pack import FILE as FOLLOW_UPS_FILE
from sop.followup_pack import read_followups
from sop.pack import SopPack, read_sop
from sop.reminder_terms import FollowUpRules

PACKS = Path(__file__).resolve().parent.parent / "packs"
ASK_FOR_PERSON = "转人工"
PACK_FILE = "pack.yaml"
# Files that say something and teach nothing: a change of words must not make the library learn anew.
_ONLY_SAID = {PACK_FILE, "materials.yaml", GROUPS_FILE, FOLLOW_UPS_FILE, REPLIES_FILE}
# Talk that no script about cars should ever answer: it teaches the library when to keep silent.
_UNANSWERABLE = (Intent.CHITCHAT, Intent.OUT_OF_SCOPE, Intent.SHARE_EXPERIENCE)


@dataclass(frozen=True)
class Pack:
    """Everything that the assistant knows about one trade and one brand. `names`: pack key → Chinese name."""

    folder: Path
    intents: IntentPack
    scripts: ScriptPack
    rules: LevelRules
    replies: Replies
    groups: LifecycleRule
    sop: SopPack
    follow_ups: FollowUpRules
    names: Mapping[str, str]

    fingerprint: str

    def taught(self) -> IntentPack:
        """What the intent head learns from: the utterances, and the scripts' own questions, which say what each intent is about."""
        asked = (Example(text, (Intent(content.intent),)) for content in self.scripts.contents for text in content.questions)
        return replace(self.intents, examples=(*self.intents.examples, *asked))

    def strays(self) -> dict[str, str]:
        """Utterances to which no script about cars is an answer, each with its intent."""
        found = ((example.text, intent) for example in self.intents.examples for intent in example.intents[:1])
        return {text: intent for text, intent in found if intent in _UNANSWERABLE}


def read_pack(folder: Path) -> tuple[Pack | None, list[Fault]]:
    """The pack and all its faults, in the order of files and lines; None when there is no such folder."""
    shown = _shown(folder)
    if not (folder / PACK_FILE).is_file():
        looked = " 和 ".join(dict.fromkeys(str(path) for path in (PACKS / folder, folder.absolute())))
        return None, [Fault(f"{shown}/pack.yaml", 1, f"没有这个文件。找过 {looked}；ZHANTING_PACK 是 packs/ 下的名字，或一个文件夹")]
    intents, faults = read_intent_pack(folder)
    scripts, script_faults = read_script_pack(folder, intents={intent.value for intent in Intent})
    rules, rule_faults = read_level_rules(folder)
    replies, reply_faults = read_replies(folder)
    groups, group_faults = read_lifecycle_rule(folder)
    sop, sop_faults = read_sop(folder)
    follow_ups, follow_up_faults = read_followups(folder)
    names = _names(folder)
    channel_faults = _read_channels(folder, names)
    pack = Pack(folder, intents, scripts, rules, replies, groups, sop, follow_ups, names, _fingerprint(folder))
    # A file that cannot be read makes the others look as if they named things that are not there: that is told only once all can be read.
    found = {*faults, *script_faults, *rule_faults, *reply_faults, *group_faults, *sop_faults, *follow_up_faults, *channel_faults} or set(
        _faults_between(pack)
    )
    # Each part names its file within the pack; whoever mends it wants to open it from where he stands.
    named = (replace(fault, file=f"{shown}/{fault.file}") for fault in found)
    return pack, sorted(named, key=lambda fault: (fault.file, fault.line, fault.reason))


def load_pack(folder: Path) -> Pack:
    """The pack; PackFaulty names the first fault and counts the others."""
    pack, faults = read_pack(folder)
    if faults or pack is None:
        more = f"（还有 {len(faults) - 1} 个：python main.py pack check）" if len(faults) > 1 else ""
        raise PackFaulty(f"{faults[0]}{more}")
    return pack


def _shown(folder: Path) -> Path:
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _names(folder: Path) -> dict[str, str]:
    """Chinese names of models, trims, cities and stores by their keys; a broken file has its faults named elsewhere."""
    names: dict[str, str] = {}
    for file in ("models.yaml", "stores.yaml"):
        try:
            _collect_names(Source(folder / file, file).value, names)
        except PackFaulty:
            continue
    return names


def _collect_names(value: object, names: dict[str, str]) -> None:
    if not isinstance(value, dict):
        return
    for key, body in value.items():
        if isinstance(body, dict) and isinstance(body.get("zh"), str):
            names[str(key)] = body["zh"]
        _collect_names(body, names)


def _read_channels(folder: Path, names: dict[str, str]) -> list[Fault]:
    """Adds the names of channels (`channels` of pack.yaml, which may be absent) to those of models and stores; returns every fault."""
    try:
        source = Source(folder / PACK_FILE, PACK_FILE)
    except PackFaulty as error:
        file, line, reason = str(error).split(":", 2)
        return [Fault(file, int(line), reason.strip())]
    if not isinstance(source.value, Mapping):
        return [*source.repeated, source.fault("a mapping is expected here")]
    channels = source.value.get("channels", {})
    if not isinstance(channels, Mapping):
        return [*source.repeated, source.fault("channels must be «key: name»", "channels")]
    faults = list(source.repeated)
    for key, name in channels.items():
        if not isinstance(name, str) or not name.strip():
            faults.append(source.fault(f"channel «{key}» needs a name", "channels", key))
        elif str(key) in names:
            faults.append(source.fault(f"«{key}» is the key of a model or store already", "channels", key))
        else:
            names[str(key)] = name.strip()
    return faults


def _fingerprint(folder: Path) -> str:
    """Changes with everything that understanding is made of."""
    files = [*sorted(folder.glob("intents/*.yaml")), *(path for path in sorted(folder.glob("*.yaml")) if path.name not in _ONLY_SAID)]
    return fingerprint([(file.name, file.read_text("utf-8", "replace")) for file in files])


def _faults_between(pack: Pack) -> list[Fault]:
    materials = {material.key for material in pack.scripts.materials}
    questions = {content.standard for content in pack.scripts.contents} | {ASK_FOR_PERSON}
    steps = pack.sop.faults_against(materials, {content.key for content in pack.scripts.contents})
    return [*steps, *pack.replies.faults_against(materials, questions)]
