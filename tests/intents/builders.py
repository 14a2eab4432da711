"""Two packs for the tests of this package: a tiny one as values, quick to learn from, and a whole one as files, to be spoilt."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from core.zone import SHANGHAI
from customers.terms import FocusPoint, Level, Polarity
from intents.teaching import Example, FocusSentence, IntentPack, Judgement, Lexicon, Names, Place, SignalRule, TimeWords, Trim
from intents.terms import Intent

# A Monday morning.
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=SHANGHAI)

NAMES = Names(
    models={"e7": ("云驰 e7", "e7", "云驰e7"), "e5": ("云驰 e5", "e5", "云驰e5")},
    trims=(
        Trim("e7-520", "e7", ("520标准版", "标准版", "520")),
        Trim("e7-660", "e7", ("660长续航版", "长续航版", "660")),
        Trim("e5-430", "e5", ("430标准版", "标准版", "430")),
        Trim("e5-560", "e5", ("560长续航版", "长续航版", "560")),
        Trim("e5-560s", "e5", ("560智享版", "智享版")),
    ),
    colours={"e7": ("云白", "星夜黑", "海湾蓝"), "e5": ("云白", "石墨灰")},
    cities=(Place("shanghai", "shanghai", ("上海", "沪")), Place("hangzhou", "hangzhou", ("杭州",))),
    stores=(Place("hz-binjiang", "hangzhou", ("杭州滨江店", "滨江店", "杭州店")),),
    rivals=("特斯拉", "Model 3", "汉", "海豹", "理想", "ID.4"),
)

LEXICON = Lexicon(
    words=("落地价", "试驾"),
    fillers=("请问一下", "那个啥"),
    typos={"续杭": "续航"},
    judgement=Judgement(frozenset({"好", "不错", "满意", "喜欢"}), frozenset({"差", "失望", "贵", "烦"})),
    of_point={
        FocusPoint.PRICE: Judgement(frozenset({"低", "便宜"}), frozenset({"高"})),
        FocusPoint.RANGE: Judgement(frozenset({"高", "长"}), frozenset({"短", "虚"})),
    },
    negators=frozenset({"不", "没", "不是", "没有"}),
    question_words=frozenset({"吗", "多少", "什么", "怎么", "哪", "呢"}),
    not_about_it=frozenset({"不考虑", "无所谓"}),
)

_UTTERANCES = {
    Intent.ASK_PRICE: ("落地多少钱", "e7多少钱", "价格是多少", "报个价", "最低多少钱能卖", "这车卖什么价"),
    Intent.ASK_RANGE: ("续航多少公里", "能跑多远", "冬天续航怎么样", "高速续航打几折", "百公里电耗多少", "一次能开多远"),
    Intent.ASK_DELIVERY: ("有现车吗", "多久能提车", "提车要等几周", "现在订什么时候交车", "哪个颜色有现货", "等车要多久"),
    Intent.BOOK_TEST_DRIVE: ("我想试驾", "周末可以试驾吗", "约个试驾", "想去店里开一下", "预约试驾怎么弄", "明天过去试一下车"),
    Intent.GREET: ("你好", "您好", "在吗", "早上好", "哈喽", "有人吗"),
    Intent.CHITCHAT: ("你是机器人吗", "你叫什么名字", "你真聪明", "陪我聊聊天", "你会唱歌吗", "讲个笑话"),
    Intent.OUT_OF_SCOPE: ("明天天气怎么样", "帮我订张机票", "写一首诗", "附近有什么好吃的", "播放音乐", "翻译一句英文"),
    Intent.SHARE_EXPERIENCE: ("昨天提的车开着很舒服", "跑了三千公里挺满意", "提车作业来了", "开了一年没毛病", "刚跑完长途", "电车真省钱"),
}

_SENTENCES = {
    FocusPoint.PRICE: {
        Polarity.POSITIVE: ("这【价格】真便宜", "【价格】一点也不贵", "这个【价】我很满意"),
        Polarity.NEUTRAL: ("e7什么【价格】", "【落地价】是多少", "想了解一下【价格】"),
        Polarity.NEGATIVE: ("【价格】太高了", "这【价】贵得离谱", "【价格】让人失望"),
    },
    FocusPoint.RANGE: {
        Polarity.POSITIVE: ("【续航】很长", "【续航】真不错", "【续航】我很满意"),
        Polarity.NEUTRAL: ("【续航】有多少", "冬天【续航】怎么样", "问下【续航】"),
        Polarity.NEGATIVE: ("【续航】太短", "【续航】虚得很", "冬天【续航】太差了"),
    },
}

PACK = IntentPack(
    examples=(
        *(Example(text, (intent,)) for intent, texts in _UTTERANCES.items() for text in texts),
        Example("e7多少钱,有现车吗", (Intent.ASK_PRICE, Intent.ASK_DELIVERY)),
        Example("落地多少钱,多久能提车", (Intent.ASK_PRICE, Intent.ASK_DELIVERY)),
        Example("续航多少,有现车吗", (Intent.ASK_RANGE, Intent.ASK_DELIVERY)),
    ),
    sentences=(
        *(
            FocusSentence(re.sub("[【】]", "", text), text[text.index("【") + 1 : text.index("】")], point, polarity)
            for point, lists in _SENTENCES.items()
            for polarity, texts in lists.items()
            for text in texts
        ),
        *(FocusSentence(text) for text in ("你好", "明天天气怎么样", "打车去机场多少钱", "手机续航只有半天")),
    ),
    point_words={
        FocusPoint.PRICE: ("价格", "落地价", "多少钱"),
        FocusPoint.RANGE: ("续航", "能跑多远"),
        FocusPoint.HANDLING: ("标准版底盘", "长续航"),
    },
    lexicon=LEXICON,
    signals=(
        SignalRule("test_drive", frozenset({Intent.BOOK_TEST_DRIVE}), (re.compile("想[^,]{0,4}试驾"),)),
        SignalRule("ask_quote", frozenset({Intent.ASK_PRICE}), (re.compile("落地价?多少"),)),
    ),
    time_words=(TimeWords(Level.O, (re.compile("已经交了定金"),)), TimeWords(Level.H, (re.compile("这周就?定"), re.compile("今天定")))),
    names=NAMES,
)


def whole_pack() -> dict[str, Any]:
    """File → value of a pack without faults. Its utterances say nothing sensible; there are only enough of them."""
    return {
        "intents/all.yaml": {str(intent): {"examples": [f"{intent} {number}" for number in range(30)]} for intent in Intent},
        "intents/mixed.yaml": [{"text": "多少钱，有现车吗", "intents": ["ask_price", "ask_delivery"]}],
        "focus_points.yaml": {
            "points": {str(point): {"lexicon": [f"{point} word"], **_thirty_sentences(point)} for point in FocusPoint},
            "none": ["打车去机场多少钱"],
        },
        "lexicon.yaml": {
            "words": ["落地价"],
            "fillers": ["那个啥"],
            "typos": {"续杭": "续航"},
            "positive": ["好"],
            "negative": ["差"],
            "negators": ["不"],
            "question_words": ["吗", "？"],
            "not_about_it": ["不考虑"],
            "point_polarity": {"price": {"positive": ["低"], "negative": ["高"]}},
            "synonyms": [["价格", "价钱"]],
        },
        "signals.yaml": {"test_drive": {"zh": "想试驾", "weight": 30, "half_life_days": 14, "intents": ["book_test_drive"]}},
        "levels.yaml": {
            "thresholds": {"H": 60},
            "time_words": [{"level": "H", "patterns": ["这周就?定"]}],
            "events": {"place_order": "O"},
            "silent_after_days": 30,
        },
        "models.yaml": {
            "models": {
                "e7": {
                    "zh": "云驰 E7",
                    "aliases": ["E7"],
                    "colours": "云白（免费）、星夜黑、海湾蓝（选装 3000 元）",
                    "trims": {"e7-660": {"zh": "660 长续航版", "aliases": ["660"]}},
                }
            },
            "rivals": ["特斯拉"],
        },
        "stores.yaml": {
            "cities": {"shanghai": {"zh": "上海", "aliases": ["沪"]}},
            "stores": {"sh-pudong": {"zh": "上海浦东体验中心", "city": "shanghai", "aliases": ["浦东店"]}},
        },
    }


def _thirty_sentences(point: FocusPoint) -> dict[str, list[str]]:
    return {str(polarity): [f"{polarity} 【{point}】 {number}" for number in range(10)] for polarity in Polarity}


def write_pack(folder: Path, files: dict[str, Any]) -> Path:
    """The pack as files below `folder`; a text is written as it stands, None not at all."""
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if value is not None:
            path.write_text(value if isinstance(value, str) else yaml.safe_dump(value, allow_unicode=True, sort_keys=False), "utf-8")
    return folder
