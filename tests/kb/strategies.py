"""Scripts of every shape, for property tests."""

from datetime import date

from hypothesis import strategies as st

from kb.terms import Answer, Material, MaterialKind, Scope, ScriptContent

_days = st.none() | st.dates(date(2024, 1, 1), date(2029, 12, 31))
_texts = st.text("续航充电多少公里E57?，", min_size=1, max_size=8)
_keys = st.frozensets(st.sampled_from(["e5", "e7", "shanghai"]), max_size=2)

# Questions of scripts about cars, and of one that has no letter in common with them.
subject_words = st.text("续航充电多少公里门店价格颜色红白保养轮胎屏幕座椅贷款试驾", min_size=1, max_size=8)
subjects = st.lists(subject_words, min_size=1, max_size=6)
irrelevant_questions = st.lists(st.text("谢您辛苦啦拜哈嘿喂", min_size=1, max_size=8), min_size=1, max_size=6)

scopes = st.builds(Scope, models=_keys, trims=_keys, cities=_keys, stores=_keys)
answers = st.builds(Answer, st.text(max_size=20), st.lists(_texts, max_size=2).map(tuple))
contents = st.builds(
    ScriptContent,
    key=st.text("abcdef-", min_size=1, max_size=6),
    intent=st.sampled_from(["ask_range", "ask_price"]),
    title=_texts,
    standard=_texts,
    similar=st.lists(_texts, max_size=3).map(tuple),
    negative=st.lists(_texts, max_size=2).map(tuple),
    must_hit=st.lists(_texts, max_size=2).map(tuple),
    answers=st.lists(answers, min_size=1, max_size=2).map(tuple),
    scope=scopes,
    valid_from=_days,
    valid_until=_days,
)
materials = st.builds(
    Material, key=_texts, kind=st.sampled_from(MaterialKind), title=_texts, file=st.text(max_size=9), valid_until=_days, content_hash=_texts
)
