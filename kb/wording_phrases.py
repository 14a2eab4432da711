"""Pure: how the faults of a wording are told: in English for the log and the command line, in Chinese for operators."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Phrases:
    """One sentence a fault; what stands in braces is filled in by kb/wording.py."""

    no_answer: str
    attachments: str
    claim: str
    days: str
    empty: str
    long: str
    brace: str
    variable: str


ENGLISH: Final = Phrases(
    no_answer="a script needs at least one answer",
    attachments="at most {limit} attachments, not {count}",
    claim="«{claim}» is a claim that ends some day: the script needs valid_until",
    days="valid_until {ends} is before valid_from {begins}",
    empty="the answer is empty",
    long="the answer has {size} bytes of UTF-8, at most {limit} are allowed",
    brace="a stray brace",
    variable="unknown variable «{name}»; known: {known}",
)

CHINESE: Final = Phrases(
    no_answer="至少要有一个答案",
    attachments="最多 {limit} 个附件，现在有 {count} 个，请删减",
    claim="「{claim}」是会过期的承诺，请填写失效日",
    days="失效日 {ends} 早于生效日 {begins}，请改日期",
    empty="答案是空的，请填写",
    long="答案有 {size} 字节，最多 {limit} 字节（约 200 个汉字），请缩短",
    brace="花括号没有成对，请补全或删掉",
    variable="不认识变量「{name}」，可用：{known}",
)
