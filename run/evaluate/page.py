"""Pure: all evaluations as one page in Chinese that needs nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from run.evaluate.draw import chart, matrix
from run.evaluate.goals import FUSION_GAINS, GOALS, Goal
from run.evaluate.terms import Mistake, Outcome

_SETS = {
    "intents": "意图（方法本身）",
    "intents_smp2017": "意图：SMP2017",
    "intents_smp2020": "意图：SMP2020",
    "focus": "关注点（方法本身）",
    "focus_bdci2018": "关注点：BDCI 2018",
    "dealer": "经销商消息（自带资料包）",
    "search": "检索",
    "search_esun_qa": "检索：银行问答",
    "search_bq": "检索：客服问句",
    "search_lcqmc": "检索：通用问句",
    "answers": "资料包问答",
}
_FIGURES = {
    "accuracy": "准确率",
    "macro_f1": "宏平均 F1",
    "ece": "校准误差 ECE",
    "messages": "条数",
    "subject_micro_f1": "主题 F1",
    "subject_sentiment_micro_f1": "主题与情感 F1",
    "top_intent_accuracy": "首要意图正确",
    "intents_micro_f1": "全部意图 F1（微平均）",
    "intents_macro_f1": "全部意图 F1（宏平均）",
    "out_of_scope_recall": "业务外召回",
    "in_scope_refused": "业务内误拒（判为业务外）",
    "off_topic_recall": "业务外或闲聊召回",
    "in_scope_taken_as_off_topic": "业务内误判为业务外或闲聊",
    "out_of_scope_messages": "业务外条数",
    "in_scope_messages": "业务内条数",
    "focus_f1": "关注点 F1",
    "focus_polarity_f1": "关注点与褒贬 F1",
    "level_accuracy": "级别表态正确",
    "level_f1": "级别表态 F1",
    "recall@1": "首位召回",
    "recall@5": "前五召回",
    "mrr@10": "MRR@10",
    "bm25": "词面",
    "dense": "语义",
    "fused": "融合",
}
_STYLE = """
body{font:15px/1.6 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;color:#222;margin:0 auto;max-width:1180px;
padding:24px}
h1{font-size:24px;margin:0 0 4px}h2{font-size:19px;margin:36px 0 8px;border-bottom:1px solid #ddd;padding-bottom:4px}
h3{font-size:15px;margin:18px 0 6px}table{border-collapse:collapse}
td,th{padding:4px 10px;text-align:left;vertical-align:top}
.figures td,.figures th,.worst td,.worst th{border-bottom:1px solid #eee}th{font-weight:600;color:#555}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.yes{color:#1a7f37}.no{color:#c0392b}
.hint{color:#777;font-size:13px;margin:4px 0}figure{display:inline-block;margin:8px 24px 8px 0;width:400px}
figcaption{font-size:14px;color:#555}svg{width:100%}svg text{font-size:11px;fill:#666}.grid line{stroke:#eee}
.diagonal{stroke:#999;stroke-dasharray:4 4}polyline{fill:none;stroke:#2166ac;stroke-width:2}circle{fill:#2166ac}
.scroll{overflow-x:auto}.matrix{font-size:12px}
.matrix td{padding:2px 4px;text-align:center;border:1px solid #f0f0f0;min-width:18px}
.matrix .row{text-align:right;white-space:nowrap;padding:2px 8px;font-weight:400}
.matrix .total{color:#999;text-align:right;border:0}.column{vertical-align:bottom;padding:2px 0}
.column div{writing-mode:vertical-rl;white-space:nowrap;font-weight:400;margin:0 auto}
.corner{vertical-align:bottom;font-weight:400;color:#999;white-space:nowrap}
nav a{margin-right:16px;color:#2166ac;text-decoration:none}.worst td:first-child{max-width:640px}
"""


def page(outcomes: Sequence[Outcome], missing: Sequence[str], *, made: str) -> str:
    """The whole page. `missing`: sentences about what could not be measured; `made`: with what and when, one line."""
    sections = "".join(_section(outcome) for outcome in outcomes)
    links = "".join(f'<a href="#{escape(one.name)}">{escape(_set(one.name))}</a>' for one in outcomes)
    absent = "".join(f'<p class="no">{escape(sentence)}</p>' for sentence in missing)
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>展厅：理解与检索的测评</title><style>{_STYLE}</style><h1>理解与检索的测评</h1>"
        f'<p class="hint">{escape(made)}</p>{absent}<nav>{links}</nav>{_against_goals(outcomes)}{sections}</html>\n'
    )


def _against_goals(outcomes: Sequence[Outcome]) -> str:
    rows = "".join(
        f'<tr><td>{escape(_set(outcome.name))}</td><td>{escape(_figure(name))}</td><td class="number">{_number(figure)}</td>'
        f'<td class="number">{"" if goal.floor is None else _number(goal.floor)}</td>'
        f'<td class="number">{"≤ " if goal.below else ""}{_number(goal.value)}</td>{_verdict(goal, figure)}</tr>'
        for outcome in outcomes
        for name, figure, goal in _goals_of(outcome)
    )
    heads = "<tr><th>数据</th><th>指标</th><th>结果</th><th>底线</th><th>目标</th><th></th></tr>"
    return f'<h2>结果与目标</h2><table class="figures">{heads}{rows}</table>' if rows else ""


def _goals_of(outcome: Outcome) -> Iterator[tuple[str, float, Goal]]:
    for name, goal in GOALS.get(outcome.name, {}).items():
        figure = outcome.figures.get(name)
        if isinstance(figure, int | float):
            yield name, figure, goal
    ranked = {name: part["recall@1"] for name in ("bm25", "dense", "fused") if isinstance(part := outcome.figures.get(name), Mapping)}
    if len(ranked) == 3:
        better = max(ranked["bm25"], ranked["dense"])
        yield "recall@1", ranked["fused"], Goal(round(better + FUSION_GAINS, 4), better)


def _verdict(goal: Goal, figure: float) -> str:
    if goal.reached(figure):
        return '<td class="yes">✓ 达到</td>'
    return f'<td class="no">差 {abs(goal.value - figure):.3f}</td>'


def _section(outcome: Outcome) -> str:
    notes = "".join(f'<p class="hint">{escape(note)}</p>' for note in outcome.notes)
    curves = "".join(chart(curve) for curve in outcome.curves if curve.points)
    confusion = f"<h3>混淆矩阵</h3>{matrix(outcome.confusion)}" if outcome.confusion else ""
    return (
        f'<h2 id="{escape(outcome.name)}">{escape(_set(outcome.name))}</h2><p class="hint">{escape(outcome.data)}</p>{notes}'
        f"{_figures(outcome)}{curves}{confusion}{_worst(outcome.worst)}"
    )


def _figures(outcome: Outcome) -> str:
    tables = {name: part for name, part in outcome.figures.items() if isinstance(part, Mapping)}
    plain = {name: figure for name, figure in outcome.figures.items() if not isinstance(figure, Mapping)}
    rows = "".join(f'<tr><td>{escape(_figure(name))}</td><td class="number">{_number(figure)}</td></tr>' for name, figure in plain.items())
    return (f'<table class="figures">{rows}</table>' if rows else "") + (_side_by_side(tables) if tables else "")


def _side_by_side(tables: Mapping[str, Mapping[str, float]]) -> str:
    names = list(dict.fromkeys(name for part in tables.values() for name in part))
    heads = "".join(f"<th>{escape(_figure(name))}</th>" for name in names)
    rows = "".join(
        f"<tr><td>{escape(_figure(name))}</td>"
        + "".join(f'<td class="number">{_number(part[column]) if column in part else ""}</td>' for column in names)
        + "</tr>"
        for name, part in tables.items()
    )
    return f'<table class="figures"><tr><th></th>{heads}</tr>{rows}</table>'


def _worst(mistakes: Sequence[Mistake]) -> str:
    rows = "".join(
        f"<tr><td>{escape(one.text)}</td><td>{escape(one.truth)}</td><td>{escape(one.said)}</td>"
        f'<td class="number">{one.score:.2f}</td></tr>'
        for one in mistakes
    )
    heads = "<tr><th>消息</th><th>应为</th><th>判为</th><th>把握</th></tr>"
    return f'<h3>最有把握的错误</h3><table class="worst">{heads}{rows}</table>' if rows else ""


def _set(name: str) -> str:
    return _SETS.get(name, name)


def _figure(name: str) -> str:
    return _FIGURES.get(name, name)


def _number(figure: float | int | str) -> str:
    return f"{figure:.3f}" if isinstance(figure, float) else str(figure)
