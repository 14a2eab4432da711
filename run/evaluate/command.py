"""The commands below `python main.py evaluate`: figures as JSON on stdout, progress on stderr."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from core.clock import utc_now
from core.embedding import KeptVectors, make_embedder
from core.errors import Misconfigured
from core.settings import Settings
from run.evaluate.answers import evaluate_answers
from run.evaluate.dealer import evaluate_dealer
from run.evaluate.everything import as_json, evaluate_all
from run.evaluate.focus import evaluate_focus, evaluate_focus_folds
from run.evaluate.intents import cross_evaluate_intents, evaluate_intents
from run.evaluate.search import evaluate_search
from run.evaluate.terms import Outcome
from run.terminal import say, with_settings

evaluate_app = typer.Typer(help="测评：在有标注的消息上测量理解与检索", no_args_is_help=True)

Train = Annotated[Path, typer.Option("--train", help="用来教的 JSON lines")]
Test = Annotated[Path | None, typer.Option("--test", help="用来考的 JSON lines，同样的格式；不给就把 --train 分 5 折轮流考")]
Json = Annotated[Path | None, typer.Option("--json", help="结果也写入这个文件")]


@evaluate_app.command()
def intents(train: Train, test: Test = None, json: Json = None) -> None:
    """意图方法本身，{text, intent}：accuracy macro_f1 ece messages。"""

    def evaluate(_: Settings, vectors: KeptVectors) -> Outcome:
        if test is None:
            return cross_evaluate_intents(train, vectors, say=say)
        return evaluate_intents(train, test, vectors, say=say)

    _measure(evaluate, json)


@evaluate_app.command()
def dealer(data: Annotated[Path, typer.Option("--data", help="{text, intents, focus_points, level}")], json: Json = None) -> None:
    """自带资料包在真实消息上：不用这些消息来教。

    top_intent_accuracy：首要意图是标注之一；intents_micro_f1、intents_macro_f1：全部意图；
    out_of_scope_recall：标注首要为 out_of_scope 的，判为 out_of_scope 的比例；
    in_scope_refused：标注里没有 out_of_scope 和 chitchat 的，判为 out_of_scope 的比例；
    off_topic_recall、in_scope_taken_as_off_topic：同上两项，out_of_scope 与 chitchat 不加区分；
    ece：首要意图的校准误差；focus_f1、focus_polarity_f1：关注点，不计与计入褒贬；level_accuracy、level_f1：级别表态；
    messages、out_of_scope_messages、in_scope_messages：条数。
    """
    _measure(lambda settings, vectors: evaluate_dealer(settings, data, vectors, say=say), json)


@evaluate_app.command()
def focus(train: Train, test: Test = None, json: Json = None) -> None:
    """关注点方法本身，{text, labels: [{subject, sentiment}]}：subject_micro_f1 subject_sentiment_micro_f1 messages。"""

    def evaluate(settings: Settings, vectors: KeptVectors) -> Outcome:
        if test is None:
            return evaluate_focus_folds(train, vectors, pack=settings.pack_folder(), say=say)
        return evaluate_focus(train, test, vectors, pack=settings.pack_folder(), say=say)

    _measure(evaluate, json)


@evaluate_app.command()
def search(
    corpus: Annotated[Path, typer.Option("--corpus", help="{id, text}")],
    queries: Annotated[Path, typer.Option("--queries", help="{query, gold: [id]}，可带 self")],
    json: Json = None,
) -> None:
    """检索：bm25 dense fused，各有 recall@1 recall@5 mrr@10；问题自己的条目（self）不算。"""
    _measure(lambda _, vectors: evaluate_search(corpus, queries, vectors, say=say), json)


@evaluate_app.command()
def answers(json: Json = None) -> None:
    """资料包里每条 must_hit 与 must_not_hit：答对、答错、转人工，准确与覆盖，达到 97% 准确的阈值。"""
    _measure(lambda settings, _: evaluate_answers(settings, say=say), json)


@evaluate_app.command("all")
def everything() -> None:
    """ZHANTING_EVAL_DIR 里有的全部数据（意图与关注点 5 折），写出 eval/*.json 和 eval/report.html。"""
    with_settings(lambda settings: _all(settings))


def _all(settings: Settings) -> None:
    if not settings.eval_dir.is_dir():
        raise Misconfigured(f"ZHANTING_EVAL_DIR: the folder {settings.eval_dir} is not there, nothing can be measured")
    evaluate_all(settings, _vectors(settings), say=say, now=utc_now())


def _measure(evaluate: Callable[[Settings, KeptVectors], Outcome], json: Path | None) -> None:
    def do(settings: Settings) -> None:
        written = as_json(evaluate(settings, _vectors(settings)))
        typer.echo(written)
        if json is not None:
            json.write_text(written + "\n", "utf-8")

    with_settings(do)


def _vectors(settings: Settings) -> KeptVectors:
    """The encoder, with what it has encoded for measuring kept apart from what the product keeps."""
    return KeptVectors(make_embedder(settings.encoder), settings.data_dir / "eval")
