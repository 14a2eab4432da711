"""Builds the Understander from a pack: heads are trained once and kept; another pack, encoder or method trains others beside them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.embedding import KeptVectors, Progress
from core.fingerprint import fingerprint
from core.text import Normaliser, Tokeniser
from intents import focus, head
from intents.clauses import ClauseReader
from intents.focus import FocusFinder, FocusHeads, PointWords, train_focus
from intents.head import IntentHead, train_head
from intents.judging import Judge
from intents.slots import SlotFinder
from intents.teaching import FocusSentence, IntentPack, Lexicon
from intents.understand import Understander


def build_understander(
    pack: IntentPack,
    vectors: KeptVectors,
    models_dir: Path,
    *,
    confident_at: float,
    clear_by: float,
    progress: Progress | None = None,
) -> Understander:
    """Heads from `models_dir`, or trained from the pack's examples and kept there. `progress` hears of the examples being encoded;
    nothing is encoded when the heads are there."""
    normaliser = build_normaliser(pack.lexicon)
    reader = ClauseReader(pack.lexicon.question_words)
    judge = Judge(pack.lexicon)
    heads = _focus_heads(pack, normaliser, reader, judge, vectors, models_dir, progress)
    return Understander(
        normaliser=normaliser,
        tokeniser=build_tokeniser(pack),
        embedder=vectors.embedder,
        reader=reader,
        head=_intent_head(pack, normaliser, reader, vectors, models_dir, progress),
        focus=FocusFinder(heads, PointWords(pack.point_words), judge, pack.lexicon),
        slots=SlotFinder(pack.names),
        signals=pack.signals,
        time_words=pack.time_words,
        confident_at=confident_at,
        clear_by=clear_by,
    )


def build_normaliser(lexicon: Lexicon) -> Normaliser:
    """The normaliser with the pack's typos and fillers; scripts are searched with the same."""
    return Normaliser(typos=lexicon.typos, fillers=lexicon.fillers)


def build_tokeniser(pack: IntentPack) -> Tokeniser:
    """The tokeniser with the pack's words and names; scripts are searched with the same."""
    names = pack.names
    places = (name for place in (*names.cities, *names.stores) for name in place.names)
    cars = (name for some in (*names.models.values(), *names.colours.values()) for name in some)
    trims = (name for trim in names.trims for name in trim.names)
    return Tokeniser([*pack.lexicon.words, *places, *cars, *trims, *names.rivals])


def _intent_head(
    pack: IntentPack, normaliser: Normaliser, reader: ClauseReader, vectors: KeptVectors, models_dir: Path, progress: Progress | None
) -> IntentHead:
    texts = [normaliser.normalise(example.text).text for example in pack.examples]
    taught = [(text, *example.intents) for text, example in zip(texts, pack.examples, strict=True)]
    path = models_dir / f"intents-{_key(head.METHOD, pack.lexicon, vectors, taught)}"
    kept = IntentHead.load(path)
    if kept:
        return kept
    trained = train_head(pack.examples, vectors.encode(texts, progress=progress), [reader.read(text) for text in texts])
    trained.save(path)
    return trained


def _focus_heads(
    pack: IntentPack,
    normaliser: Normaliser,
    reader: ClauseReader,
    judge: Judge,
    vectors: KeptVectors,
    models_dir: Path,
    progress: Progress | None,
) -> FocusHeads:
    sentences = [_plain_sentence(sentence, normaliser) for sentence in pack.sentences]
    taught = [(one.text, one.words, one.point, one.polarity) for one in sentences]
    folder = models_dir / f"focus-{_key(focus.METHOD, pack.lexicon, vectors, taught)}"
    kept = FocusHeads.load(folder)
    if kept:
        return kept
    trained = train_focus(sentences, vectors.encode([one.text for one in sentences], progress=progress), reader, judge)
    trained.save(folder)
    return trained


def _plain_sentence(sentence: FocusSentence, normaliser: Normaliser) -> FocusSentence:
    return replace(sentence, text=normaliser.normalise(sentence.text).text, words=normaliser.normalise(sentence.words).text)


def _key(method: str, lexicon: Lexicon, vectors: KeptVectors, taught: Sequence[tuple[str | None, ...]]) -> str:
    """Whatever could make another head."""
    judged = {str(point): [sorted(words.positive), sorted(words.negative)] for point, words in lexicon.of_point.items()}
    general = [sorted(lexicon.judgement.positive), sorted(lexicon.judgement.negative)]
    words = [sorted(lexicon.question_words), sorted(lexicon.negators), general, judged]
    return fingerprint(method, vectors.embedder.model_id, vectors.embedder.dim, words, taught)
