"""Builds the Understander from a pack: heads are trained once and kept; another pack, encoder or method trains others beside them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.arrays import Vectors
from core.clock import utc_now
from core.embedding import KeptVectors, Progress
from core.fingerprint import fingerprint
from core.text import Normaliser, Tokeniser
from intents import focus, head
from intents.clauses import Clause, ClauseReader
from intents.focus import FocusFinder, FocusHeads, PointWords, train_focus
from intents.head import IntentHead, train_head
from intents.judging import Judge
from intents.shelf import CurrentHead, HeadShelf, made
from intents.slots import SlotFinder
from intents.taught import TaughtFocus, letters
from intents.teaching import Example, FocusSentence, IntentPack, Lexicon
from intents.understand import Understander


def build_understander(
    pack: IntentPack,
    vectors: KeptVectors,
    models_dir: Path,
    *,
    confident_at: float,
    clear_by: float,
    taught: Sequence[Example] = (),
    progress: Progress | None = None,
) -> Understander:
    """Heads from `models_dir`, or trained from the pack's examples and what operators `taught` beyond them, and kept there. `progress`
    hears of the examples being encoded; nothing is encoded when the heads are there."""
    normaliser = build_normaliser(pack.lexicon)
    reader = ClauseReader(pack.lexicon.question_words)
    judge = Judge(pack.lexicon)
    heads = _focus_heads(pack, normaliser, reader, judge, vectors, models_dir, progress)
    return Understander(
        normaliser=normaliser,
        tokeniser=build_tokeniser(pack),
        embedder=vectors.embedder,
        reader=reader,
        head=_current_head(pack, taught, vectors, models_dir, progress),
        focus=FocusFinder(heads, PointWords(pack.point_words), judge, pack.lexicon),
        taught=TaughtFocus(normaliser, reader, vectors.embedder),
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


class Teaching:
    """A pack's way of reading examples, for making heads of the same kind from any of them."""

    def __init__(self, pack: IntentPack, vectors: KeptVectors, progress: Progress | None = None) -> None:
        self._normaliser = build_normaliser(pack.lexicon)
        self._reader = ClauseReader(pack.lexicon.question_words)
        self._vectors, self._progress = vectors, progress
        self._lexicon = pack.lexicon
        self.reads = _key(head.METHOD, pack.lexicon, vectors, [])

    def key(self, examples: Sequence[Example]) -> str:
        """The fingerprint of a head made of these examples."""
        return _key(head.METHOD, self._lexicon, self._vectors, [(self._plain(one), *one.intents) for one in examples])

    def read(self, examples: Sequence[Example]) -> tuple[Vectors, list[tuple[Clause, ...]]]:
        """Vectors (n, dim) and clauses of their texts; what is new is encoded and kept."""
        texts = [self._plain(example) for example in examples]
        return self._vectors.encode(texts, progress=self._progress), [self._reader.read(text) for text in texts]

    def with_taught(self, examples: Sequence[Example], taught: Sequence[Example]) -> tuple[Example, ...]:
        """The pack's examples and those of operators, who are right where both say something about the same words."""
        said = {letters(self._plain(one)): one for one in taught}
        return (*(one for one in examples if letters(self._plain(one)) not in said), *said.values())

    def head(self, examples: Sequence[Example]) -> IntentHead:
        """The head that these examples teach."""
        return train_head(examples, *self.read(examples))

    def _plain(self, example: Example) -> str:
        return self._normaliser.normalise(example.text).text


def _current_head(
    pack: IntentPack, taught: Sequence[Example], vectors: KeptVectors, models_dir: Path, progress: Progress | None
) -> CurrentHead:
    """The head in use. What a retraining or a way back decided holds until the pack is edited; then one is made of the pack as it is now
    and of what operators taught (decision 0010)."""
    shelf = HeadShelf(models_dir)
    teaching = Teaching(pack, vectors, progress)
    own, book = teaching.key(pack.examples), shelf.book()
    version = book.version(book.current)
    chosen = shelf.head(book.current) if version and book.decided == own and version.reads == teaching.reads else None
    if chosen:
        return CurrentHead(shelf, book.current, teaching.reads, chosen)
    examples = teaching.with_taught(pack.examples, taught)
    key = teaching.key(examples)
    trained = shelf.head(key) or teaching.head(examples)
    shelf.keep(made(key, teaching.reads, examples, utc_now()), trained, examples, pack_key=own)
    return CurrentHead(shelf, key, teaching.reads, trained)


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
    HeadShelf(models_dir).forget_old_focus()
    return trained


def _plain_sentence(sentence: FocusSentence, normaliser: Normaliser) -> FocusSentence:
    return replace(sentence, text=normaliser.normalise(sentence.text).text, words=normaliser.normalise(sentence.words).text)


def _key(method: str, lexicon: Lexicon, vectors: KeptVectors, taught: Sequence[tuple[str | None, ...]]) -> str:
    """Whatever could make another head."""
    judged = {str(point): [sorted(words.positive), sorted(words.negative)] for point, words in lexicon.of_point.items()}
    general = [sorted(lexicon.judgement.positive), sorted(lexicon.judgement.negative)]
    words = [sorted(lexicon.question_words), sorted(lexicon.negators), general, judged]
    return fingerprint(method, vectors.embedder.model_id, vectors.embedder.dim, words, taught)
