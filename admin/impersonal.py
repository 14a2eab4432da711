"""Pure: a customer's words without himself, so that they may stay in the library when he is long forgotten."""

import re
from typing import Final

# Phones, landlines, identity cards, order numbers; no price or mileage of a car has seven digits.
_NUMBER: Final = re.compile(r"\+?[\d０-９](?:[ -]?[\d０-９]){6,}[Xx]?")
_PLATE: Final = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z][·\s]?[A-Za-z0-9]{5,6}")
_VIN: Final = re.compile(r"(?<![A-Za-z0-9])(?=[A-Z]*\d)[A-HJ-NPR-Z0-9]{17}(?![A-Za-z0-9])")
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_ACCOUNT: Final = re.compile(r"((?:微信|薇信|vx|wx|QQ)号?[:：是 ]*)[\w-]{5,}", re.ASCII | re.IGNORECASE)
_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫"
    "段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
# «我叫李雷», «我姓王»; and a surname with its title. What follows «我是» is a name only when it ends in one: «我是新手» is not.
_CALLED: Final = re.compile(
    rf"((?:我|本人)?(?:名字叫?|姓名(?:[是叫])?|我叫|叫我|本人叫)[:： ]*)[{_SURNAMES}小阿老][\u4e00-\u9fff]{{1,2}}(?![\u4e00-\u9fff])"
)
_SURNAME: Final = re.compile(rf"((?:我|免贵|本人)姓)[{_SURNAMES}]")
_TITLED: Final = re.compile(rf"[{_SURNAMES}](?=先生|女士|小姐|太太|阿姨|老师)")
_LEFT: Final = "**"
_CLAUSES: Final = re.compile(r"([,，。;；!！?？\n]+)")
# A clause that only says who he is: what is left of it beside the mask.
_WHO_HE_IS: Final = re.compile(
    r"(?:\*|\s|[:：]|我|的|是|叫|姓|免贵|本人|名字|姓名|电话|手机|号码|号|微信|联系|方式|加|打|这个|先生|女士|小姐|太太|阿姨|老师|您?你?好|吧|哈|啊|呢)+"
)


def impersonal(words: str, *, nickname: str = "") -> str:
    """The words without names, numbers and accounts; a clause that says nothing else is left out. Empty when nothing else is said."""
    text = words.replace(nickname, _LEFT) if len(nickname) > 1 else words
    for whole in (_MAIL, _PLATE, _VIN, _NUMBER, _TITLED):
        text = whole.sub(_LEFT, text)
    for pattern in (_ACCOUNT, _CALLED, _SURNAME):
        text = pattern.sub(rf"\1{_LEFT}", text)
    if _LEFT not in text:
        return words.strip()
    pieces = _CLAUSES.split(text)
    kept = [
        (clause, end) for clause, end in zip(pieces[::2], [*pieces[1::2], ""], strict=True) if clause.strip() and not _tells_who(clause)
    ]
    return "".join(clause + end for clause, end in kept).strip(" ,，;；\n")


def _tells_who(clause: str) -> bool:
    return _LEFT in clause and _WHO_HE_IS.fullmatch(clause) is not None
