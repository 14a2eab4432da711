"""Pure: which of the amounts in a message are a budget, which a down payment, which a monthly payment."""

import re
from collections.abc import Iterator, Sequence

from customers.terms import Slot, SlotName, Span
from intents.numbers import Amount, amounts, shares, small_amounts

# What stands before an amount within its clause, and what follows it.
_BUDGET_BEFORE = re.compile(
    r"(?:预算|手里有|手上有|拿出|准备花|打算花|想花|最多|不超过|不高于|不低于|控制在|价位在?|大于|小于|至少)[^,。!?;\n]{0,6}$"
)
_BUDGET_AFTER = re.compile(r"(?:块钱?|元|人民币)?(?:以内|以下|之内|左右|上下|以上|之间|出头|价位|级别|预算|的预算|封顶|的?车(?!位))")
# Amounts of something else.
_NOT_BEFORE = re.compile(
    r"(?:首付|月供|月付|月还|还款|贷款?|利息|优惠|便宜|降|减|补贴|落地|裸车|报价|指导价|置换|保险|税|定金|订金|尾款|总价|卖|收入|存款"
    r"|工资|年薪|跑了?|公里|送|返|差)[^,。!?;\n]{0,5}$"
)
_DOWN_BEFORE = re.compile(r"首付(?:款|最?低)?[^,。!?;\n\d]{0,5}$")
_DOWN_AFTER = re.compile(r"(?:的|左右)?首付")
_NO_DOWN = re.compile(r"(?<!\d)[0零](?:元)?首付")
# «月供两千五», «一个月还三千以内», «每月3000»: a number beside a month is what he pays in it.
_MONTHLY_BEFORE = re.compile(
    r"(?:月供|月付|月还|(?:每个?月|一个月|按月)(?:还|供|付|只?能|最多|大概|承受|给|拿|出)*)"
    r"(?:款|大概|大约|左右|在|到|最多|控制|不超过|不要超过|别超过|能|给|是|最好|[ :])*$"
)
_MONTHLY_AFTER = re.compile(r"(?:左右|上下|以内|以下|之内)?(?:的)?(?:一个?月|每个?月|/月|月供)(?! ?[\d一二两三四五六七八九还供])")
_INCOME = re.compile(r"(?:工资|收入|到手|薪|挣|赚)[^,。!?;\n]{0,6}$")
# Less is a number of something else: 月供36期, 每月1次.
_LEAST_MONTHLY = 300
_OF_TIME = re.compile(r"期|年|次|号|日|个|%|天")
_AT_MOST = re.compile(r"以内|以下|之内|封顶|不超过|不高于|最多|小于|控制在")
_AT_LEAST = re.compile(r"以上|不低于|大于|至少|起步")
# «三十万吧», the answer to a question about money, is hardly more than the amount.
_LITTLE_ELSE = 3
# Less than this buys no car.
_LEAST_BUDGET = 30_000


def money_slots(text: str) -> list[Slot]:
    """Budget, down payment and monthly payment in yuan: «250000», «200000-250000», «-250000» (at most), «300000-» (at least); a down
    payment also as a share of the price, «30%»."""
    monthly = list(_monthly(text))
    return [*_budgets(text, [slot.span for slot in monthly]), *_down_payments(text), *monthly]


def _monthly(text: str) -> Iterator[Slot]:
    for amount in small_amounts(text):
        before, after = text[: amount.start], text[amount.end :]
        said = _MONTHLY_BEFORE.search(before) or _MONTHLY_AFTER.match(after)
        if said and amount.low >= _LEAST_MONTHLY and not (_OF_TIME.match(after) or _INCOME.search(before)):
            yield _slot(SlotName.MONTHLY_PAYMENT, _bounded(amount, before[-8:], after[:4]), text, amount.start, amount.end)


def _budgets(text: str, monthly: Sequence[Span]) -> Iterator[Slot]:
    for amount in amounts(text):
        if any(span.start < amount.end and amount.start < span.end for span in monthly):
            continue
        before, after = text[: amount.start], text[amount.end :]
        alone = len(before) + len(after) <= _LITTLE_ELSE
        said = alone or _BUDGET_BEFORE.search(before) or _BUDGET_AFTER.match(after)
        of_something_else = _NOT_BEFORE.search(before) or _DOWN_AFTER.match(after)
        if said and not of_something_else and amount.low >= _LEAST_BUDGET:
            yield _slot(SlotName.BUDGET, _bounded(amount, before[-8:], after[:4]), text, amount.start, amount.end)


def _bounded(amount: Amount, before: str, after: str) -> str:
    if amount.low != amount.high:
        return f"{amount.low}-{amount.high}"
    if _AT_MOST.search(before) or _AT_MOST.match(after):
        return f"-{amount.high}"
    return f"{amount.low}-" if _AT_LEAST.search(before) or _AT_LEAST.match(after) else str(amount.low)


def _down_payments(text: str) -> Iterator[Slot]:
    for amount in amounts(text):
        if _is_down(text, amount.start, amount.end):
            value = str(amount.low) if amount.low == amount.high else f"{amount.low}-{amount.high}"
            yield _slot(SlotName.DOWN_PAYMENT, value, text, amount.start, amount.end)
    for share in shares(text):
        if _is_down(text, share.start, share.end):
            yield _slot(SlotName.DOWN_PAYMENT, f"{share.per_cent}%", text, share.start, share.end)
    for match in _NO_DOWN.finditer(text):
        yield _slot(SlotName.DOWN_PAYMENT, "0", text, *match.span())


def _is_down(text: str, start: int, end: int) -> bool:
    return bool(_DOWN_BEFORE.search(text[:start]) or _DOWN_AFTER.match(text, end))


def _slot(name: SlotName, value: str, text: str, start: int, end: int) -> Slot:
    return Slot(name, value, Span(text[start:end], start, end))
