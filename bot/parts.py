"""Pure: what of a turn is to be answered: its questions one by one, without the courtesy around them."""

import re
from collections.abc import Sequence

from intents.clauses import Clause

# A clause that is courtesy and nothing else. Beside a question it only blurs what is asked.
_COURTESY = re.compile(
    r"(?:(?:你|您)好[呀啊吗]?|hi|hello|哈[喽啰]|嗨|在吗|在不在|有人吗|早|(?:早上|上午|中午|下午|晚上)好|喂+"
    r"|(?:非常|太|多)?(?:谢谢|感谢|谢了|谢啦|多谢|辛苦)(?:你|您|了|啦|哈|啊|你们|您们)*|麻烦(?:你|您)?了?|打扰了?|不好意思|劳驾"
    r"|好的?[呢吧嘞啊呀哦哒]?|行[吧啊]?|可以|ok|okk|嗯+|哦+|噢|收到|明白了?|知道了?|(?:了解|清楚)了?|懂了|我?(?:想)?(?:咨询|了解|请教)(?:一?下)?"
    r"|亲|朋友|美女|帅哥|老板|师傅|客服|小姐姐|那个|就是|然后|对了|还有|另外|顺便)+"
)
_LEAD_IN = re.compile(r"^(?:对了|还有|另外|顺便|然后|还想|再|以及|并且|同时|和|请问|麻烦)+[,:, ]*")
_ADDED = re.compile(r"(?<=...)(?:另外|顺便问?一?下?|以及|还有(?=你们|你家|那))(?=...)")
_MOST_PARTS = 6
_SHORTEST = 2


def is_courtesy(text: str) -> bool:
    """Whether a normalised clause is courtesy and nothing else."""
    return bool(_COURTESY.fullmatch(text.strip(" ,.!?~。，！？～")))


def without_courtesy(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses that say something; all of them when none does."""
    return [clause for clause in clauses if not is_courtesy(clause.text)] or list(clauses)


def _apart(clause: Clause) -> list[Clause]:
    """«多少钱另外有现车吗»: what is added without a comma is a question of its own."""
    pieces = [piece for piece in _ADDED.split(clause.text) if piece]
    return [Clause(piece, clause.start, clause.asks) for piece in pieces]


def questions_in(clauses: Sequence[Clause]) -> list[str]:
    """The questions of a turn, each with what was told before it; one text when it asks once, or so often that it is a letter."""
    telling = [piece for clause in without_courtesy(clauses) for piece in _apart(clause)]
    whole = ",".join(clause.text for clause in telling)
    groups: list[list[str]] = [[]]
    for clause in telling:
        groups[-1].append(clause.text)
        if clause.asks:
            groups.append([])
    # What follows the last question belongs to it.
    if len(groups) > 1:
        trailing = groups.pop()
        groups[-1] += trailing
    questions = [_LEAD_IN.sub("", ",".join(group)) for group in groups]
    if not 2 <= len(questions) <= _MOST_PARTS or any(len(question) < _SHORTEST for question in questions):
        return [whole]
    return questions
