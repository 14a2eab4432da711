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

ASK_FOR_PERSON = "转人工"
# Files that say something and teach nothing: a change of words must not make the library learn anew.
_ONLY_SAID = {"pack.yaml", "materials.yaml", GROUPS_FILE, FOLLOW_UPS_FILE, REPLIES_FILE}
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
    if not (folder / "pack.yaml").is_file():
        return None, [Fault(f"{folder}/pack.yaml", 1, "the file is missing; ZHANTING_PACK names a folder below packs/ or a path")]
    intents, faults = read_intent_pack(folder)
    scripts, script_faults = read_script_pack(folder, intents={intent.value for intent in Intent})
    rules, rule_faults = read_level_rules(folder)
    replies, reply_faults = read_replies(folder)
    groups, group_faults = read_lifecycle_rule(folder)
    sop, sop_faults = read_sop(folder)
    follow_ups, follow_up_faults = read_followups(folder)
    pack = Pack(folder, intents, scripts, rules, replies, groups, sop, follow_ups, _names(folder), _fingerprint(folder))
    # A file that cannot be read makes the others look as if they named things that are not there: that is told only once all can be read.
    found = {*faults, *script_faults, *rule_faults, *reply_faults, *group_faults, *sop_faults, *follow_up_faults} or set(
        _faults_between(pack)
    )
    return pack, sorted(found, key=lambda fault: (fault.file, fault.line, fault.reason))


def load_pack(folder: Path) -> Pack:
    """The pack; PackFaulty names the first fault and counts the others."""
    pack, faults = read_pack(folder)
    if faults or pack is None:
        more = f" (and {len(faults) - 1} more: python main.py pack check)" if len(faults) > 1 else ""
        raise PackFaulty(f"{faults[0]}{more}")
    return pack


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


def _fingerprint(folder: Path) -> str:
    """Changes with everything that understanding is made of."""
    files = [*sorted(folder.glob("intents/*.yaml")), *(path for path in sorted(folder.glob("*.yaml")) if path.name not in _ONLY_SAID)]
    return fingerprint([(file.name, file.read_text("utf-8", "replace")) for file in files])


def _faults_between(pack: Pack) -> list[Fault]:
    materials = {material.key for material in pack.scripts.materials}
    found = pack.sop.faults_against(materials, {content.key for content in pack.scripts.contents})
    questions = {content.standard for content in pack.scripts.contents} | {ASK_FOR_PERSON}
    found += [
        Fault(REPLIES_FILE, 1, f"material «{key}» of the welcome is unknown")
        for key in pack.replies.welcome_attachments
        if key not in materials
    ]
    if pack.replies.texts.get("not_sold") not in questions:
        found.append(Fault(REPLIES_FILE, 1, "«not_sold» is no script's standard question"))
    found += [
        Fault(REPLIES_FILE, 1, f"«{option.question}» of the welcome menu is no script's standard question")
        for option in pack.replies.options
        if option.question not in questions
    ]
    return found
