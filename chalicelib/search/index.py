"""The index in a folder: how is it made, how is it changed, how is it asked?

A folder holds three tantivy indexes: `articles` (one field of the tokens that `analysis` made: title twice, learned
questions, body), `questions` (each learned question by itself) and `words` (every word as it is written, for typing
errors); and `liana.json`, which tells their format and the synonyms. Each of tantivy's files is written once and then
only read or removed, except `meta.json` and `.managed.json`, which list the others.

Whoever changes a folder must be alone with it; one that was left half changed is of no use any more. Any number of
threads may read, and go on reading what they opened while it is changed.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from chalicelib.kernel.errors import Unavailable
from chalicelib.search import analysis, confidence, query, ranking
from chalicelib.search.documents import Document, Found, Hit

if TYPE_CHECKING:
    import tantivy

FORMAT = 1  # rises when older folders cannot be read, or texts become other tokens: then everything is indexed anew
NOTES = "liana.json"
LISTS = frozenset({NOTES, "meta.json", ".managed.json"})  # files that change with each update
ARTICLES, QUESTIONS, WORDS = "articles", "questions", "words"
LONGEST_BODY = 40_000  # characters indexed
MOST_QUESTIONS = 500  # of one article
LONGEST_QUERY = 2_000  # characters read of what is asked
MOST_SENTENCES = 6  # of it, looked at by themselves
ENOUGH_WORDS = 3  # that tell something, in a sentence that speaks for all
LONG_WORD = 7  # letters; in such a one two may be wrong
MOST_NEAR = 30  # words looked at that are written much like one nobody knows
TITLE = 1.0  # what a word in the title adds to its score, in units of its rarity
PAIR = 0.4  # weight of two words that follow each other in a learned question as in the new one
CANDIDATES = 50  # articles looked at by their words
_HEAP = 40_000_000  # bytes; one thread: one segment
_K1_PLUS_1 = 2.2  # of tantivy's BM25: the most a word gives is its rarity times this


class BrokenIndex(Unavailable):
    """The folder is not there, damaged, or of a format this program does not read."""


def build(folder: Path, documents: Iterable[Document], *, synonyms: Mapping[str, Iterable[str]] = {}) -> None:
    """A whole new index in an empty folder, or one that is not there yet. `synonyms`: word to words that mean the same
    to those who ask; both ways are to be given where both are meant."""
    for part in (ARTICLES, QUESTIONS, WORDS):
        (folder / part).mkdir(parents=True)
    _write(folder, documents, (), synonyms, known=None)


def update(
    folder: Path,
    changed: Iterable[Document],
    removed: Iterable[str | tuple[str, str]] = (),
    *,
    synonyms: Mapping[str, Iterable[str]] | None = None,
) -> None:
    """Puts documents in the place of those with their key, takes away those with these keys or, by a slug alone, in
    all languages. Adds files and removes some, changes none. `synonyms` replace those there were, if given.

    Raises BrokenIndex if there is no index of this format in the folder."""
    notes = _notes(folder)
    with _broken():
        known = Index.open(folder)
        _write(folder, changed, removed, notes["synonyms"] if synonyms is None else synonyms, known=known)


def files(folder: Path) -> list[Path]:
    """All that must be kept and fetched for `Index.open`, locks left out; paths are relative to the folder. All but
    those named like `LISTS` hold for ever what they hold."""
    held = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    return sorted(path.relative_to(folder) for path in held)


def _write(
    folder: Path,
    documents: Iterable[Document],
    removed: Iterable[str | tuple[str, str]],
    synonyms: Mapping[str, Iterable[str]],
    known: "Index | None",
) -> None:
    import tantivy

    writers = {}
    for part in (ARTICLES, QUESTIONS, WORDS):
        index = tantivy.Index(_schema(part), path=str(folder / part))
        _register(index)
        writers[part] = index.writer(heap_size=_HEAP, num_threads=1)
    for key in removed:
        field, value = ("slug", key) if isinstance(key, str) else ("key", str(_number(*key)))
        for part in (ARTICLES, QUESTIONS):
            writers[part].delete_documents_by_term(field, value)
    vocabulary: set[str] = set()
    for document in documents:
        _add(writers, document, vocabulary, replaces=known is not None)
    for word in vocabulary if known is None else (word for word in vocabulary if not known.knows(word)):
        writers[WORDS].add_document(tantivy.Document(word=word))
    for part, writer in writers.items():
        writer.commit()
        writer.wait_merging_threads()
        for lock in (folder / part).glob(".*.lock"):
            lock.unlink()
    told = {word: sorted(set(others)) for word, others in sorted(synonyms.items())}
    (folder / NOTES).write_text(json.dumps({"format": FORMAT, "synonyms": told}, ensure_ascii=False), "utf-8")


def _add(
    writers: "Mapping[str, tantivy.IndexWriter]", document: Document, vocabulary: set[str], *, replaces: bool
) -> None:
    import tantivy

    language = document.language.lower()
    number = _number(document.id, language)
    title = analysis.words(document.title, language)
    body = analysis.words(document.body[:LONGEST_BODY], language)
    questions = [(text, analysis.words(text, language)) for text in document.questions[:MOST_QUESTIONS]]
    every = [*title, *title, *(word for _, asked in questions for word in asked), *body]
    vocabulary.update(word.text for word in every if _worth_correcting(word))
    common = {"key": str(number), "slug": document.id, "language": language, "reader": sorted(document.readers)}
    if replaces:
        for part in (ARTICLES, QUESTIONS):
            writers[part].delete_documents_by_term("key", str(number))
    kept = json.dumps([document.id, document.language, document.title], ensure_ascii=False)
    article = tantivy.Document(
        **common, text=analysis.joined(token for word in every for token in word.tokens), kept=kept.encode()
    )
    article.add_text("title", analysis.joined(token for word in title for token in word.tokens))
    article.add_integer("article", number)
    article.add_float("demand", document.demand)
    article.add_float("standing", document.standing)
    writers[ARTICLES].add_document(article)
    for text, asked in questions:
        told = analysis.joined(token for word in asked for token in word.tokens)
        question = tantivy.Document(**common, text=told, kept=json.dumps([text, told], ensure_ascii=False).encode())
        follow = pairwise(word.tokens[0] for word in asked if not word.unparted)
        question.add_text("pairs", analysis.joined(query.pair(one, other) for one, other in follow))
        question.add_integer("article", number)
        writers[QUESTIONS].add_document(question)


def _worth_correcting(word: analysis.Word) -> bool:
    return not word.unparted and len(word.text) > 3 and word.text.isalpha()


def _number(slug: str, language: str) -> int:
    """Of a document: 63 bits of its key's hash, for tantivy's integers are signed."""
    digest = hashlib.blake2b(f"{slug}\n{language.lower()}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _schema(part: str) -> "tantivy.Schema":
    import tantivy

    builder = tantivy.SchemaBuilder()
    if part == WORDS:
        return builder.add_text_field("word", stored=True, tokenizer_name="raw", index_option="basic").build()
    for name in ("key", "slug", "language", "reader"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", tokenizer_name="tokens", index_option="freq")
    builder.add_bytes_field("kept", stored=True)
    builder.add_integer_field("article", fast=True)
    if part == QUESTIONS:
        builder.add_text_field("pairs", tokenizer_name="tokens", index_option="basic")
    if part == ARTICLES:
        builder.add_text_field("title", tokenizer_name="tokens", index_option="basic")
        builder.add_float_field("demand", fast=True)
        builder.add_float_field("standing", fast=True)
    return builder.build()


def _register(index: "tantivy.Index") -> None:
    import tantivy

    # tantivy keeps a tokenizer's name only: it is told anew after each open.
    index.register_tokenizer("tokens", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())


@dataclass(frozen=True, slots=True)
class _Match:
    number: int
    address: "tantivy.DocAddress"
    score: float


class Index:
    """Opened for reading; `open` makes it."""

    def __init__(self, parts: "Mapping[str, tantivy.Index]", synonyms: Mapping[str, Sequence[str]]) -> None:
        self._searchers = {part: index.searcher() for part, index in parts.items()}
        self._schemas = {part: index.schema for part, index in parts.items()}
        self._synonyms = synonyms
        self.languages: Mapping[str, int] = dict(self._searchers[ARTICLES].terms_with_prefix("language", ""))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Raises BrokenIndex for what cannot be read."""
        import tantivy

        notes = _notes(folder)
        with _broken():
            parts = {}
            for part in (ARTICLES, QUESTIONS, WORDS):
                parts[part] = tantivy.Index.open(str(folder / part))
                parts[part].config_reader(reload_policy="manual")  # no thread that watches the folder
                _register(parts[part])
            return cls(parts, notes["synonyms"])

    @property
    def documents(self) -> int:
        """How many there are, each language of an article by itself."""
        return self._searchers[ARTICLES].num_docs

    def knows(self, word: str) -> bool:
        """Whether some document holds or held the word, as `analysis.Word.text` has it."""
        return self._searchers[WORDS].doc_freq("word", word) > 0

    def search(self, text: str, *, language: str = "", readers: Collection[str] = ("public",), limit: int = 5) -> Found:
        """The articles that answer best, for somebody who may read what is for one of `readers`. Any text may be asked.

        Texts in her language come first; those in a related one, then in any, only when none of them is an answer.
        Of a letter one sentence may ask what the others lead up to: what the whole letter finds first is an answer,
        too, if it answers one of them. Raises BrokenIndex if a file is damaged."""
        with _broken():
            spoken = analysis.spoken(text, language)
            best = Found()
            for among in self._stages(spoken):
                found = self._among(text, spoken, among, readers, limit)
                if found.answered or not best.hits:
                    best = found
                if best.answered:
                    break
            return best if best.answered or not best.hits else self._by_sentence(best, text, spoken, readers)

    def _by_sentence(self, whole: Found, text: str, language: str, readers: Collection[str]) -> Found:
        """What the whole text found, as an answer if it answers one sentence that says enough, or two."""
        among, said = (whole.hits[0].language.lower(),), analysis.sentences(text[:LONGEST_QUERY])
        answered: list[float] = []
        alone = 0.0
        for sentence in said[:MOST_SENTENCES] if len(said) > 1 else ():
            found = self._among(sentence, language, among, readers, 1)
            if found.answered and found.hits[0].id == whole.hits[0].id:
                answered.append(found.confidence)
                if found.confidence >= confidence.ONE_SENTENCE and _says_enough(sentence, language):
                    alone = max(alone, found.confidence)
        sure = max(alone, *sorted(answered)[-2:-1], 0.0)
        if not sure:
            return whole
        hits = tuple(replace(hit, confidence=hit.confidence * sure / whole.confidence) for hit in whole.hits)
        return replace(whole, hits=hits, confidence=sure, answered=True)

    def _stages(self, language: str) -> Iterator[Collection[str]]:
        """Sets of languages to look in, each only if the one before had no answer; an empty one stands for all."""
        exact = language.lower()
        related = {one for one in self.languages if analysis.primary(one) == analysis.primary(language)}
        if exact in related:
            yield (exact,)
        if related - {exact}:
            yield related
        if not related or len(related) < len(self.languages):
            yield ()

    def _among(self, text: str, language: str, among: Collection[str], readers: Collection[str], limit: int) -> Found:
        asked = self._understood(text, language, everywhere=not among)
        by_words = self._matches(ARTICLES, asked, among, readers, CANDIDATES)
        alike = self._matches(QUESTIONS, asked, among, readers, ranking.VOTERS)
        learned = self._kept(QUESTIONS, [match.address for match in alike])
        voices = [
            ranking.Voice(match.number, match.score, asked.share(set(told.split())), asked_before)
            for match, (asked_before, told) in zip(alike, learned, strict=True)
        ]
        addresses = self._addresses(by_words, voices)
        ranked = ranking.rank(
            [(match.number, match.score) for match in by_words],
            voices,
            self._numbers("demand", addresses),
            self._numbers("standing", addresses),
        )
        if not ranked:
            return Found(unknown_words=asked.unknown)
        sure = confidence.likelihood(_evidence(asked, ranked, by_words, self._explains(ranked[0].article, asked)))
        shown = ranked[: max(limit, 1)]
        articles = self._kept(ARTICLES, [addresses[one.article] for one in shown])
        hits = tuple(
            Hit(
                id=slug,
                language=written,
                title=title,
                score=one.score,
                confidence=sure * one.score / shown[0].score if shown[0].score else 0.0,
                question=max(
                    ((voice.explains, voice.text) for voice in voices if voice.article == one.article),
                    default=(0.0, ""),
                )[1],
            )
            for one, (slug, written, title) in zip(shown, articles, strict=True)
        )
        return Found(hits=hits, confidence=sure, answered=sure >= confidence.THRESHOLD, unknown_words=asked.unknown)

    def _understood(self, text: str, language: str, *, everywhere: bool) -> query.Asked:
        articles = self._searchers[ARTICLES]
        frequency = lru_cache(maxsize=None)(lambda token: articles.doc_freq("text", token))
        vocabulary = query.Vocabulary(articles.num_docs, frequency, self._near, self._synonyms)
        languages = [language or "en"]
        if everywhere:
            languages += [one for one in self.languages if one != languages[0]]
        return query.understand(analysis.words(text[:LONGEST_QUERY], languages[0]), languages, vocabulary)

    def _near(self, word: str) -> list[str]:
        import tantivy

        searcher, schema = self._searchers[WORDS], self._schemas[WORDS]
        for distance in (1, 2) if len(word) >= LONG_WORD else (1,):
            found = searcher.search(
                tantivy.Query.fuzzy_term_query(schema, "word", word, distance), MOST_NEAR, count=False
            ).hits
            if found:
                return [searcher.doc(address)["word"][0] for _, address in found]
        return []

    def _matches(
        self, part: str, asked: query.Asked, among: Collection[str], readers: Collection[str], limit: int
    ) -> list[_Match]:
        from tantivy import Occur, Query

        schema, searcher = self._schemas[part], self._searchers[part]
        if part == ARTICLES:
            wanted = [*_words(schema, part, asked), *_titles(schema, asked)]
        else:
            wanted = [*_words(schema, part, asked), *_pairs(schema, asked)]
        if not wanted:
            return []
        asks = Query.boolean_query([(Occur.Should, one) for one in wanted])
        only = [
            (Occur.Must, Query.const_score_query(Query.term_set_query(schema, field, sorted(values)), 0.0))
            for field, values in (("language", among), ("reader", readers))
            if not self._all_have(field, values)
        ]
        hits = searcher.search(Query.boolean_query([(Occur.Must, asks), *only]) if only else asks, limit, count=False)
        addresses = [address for _, address in hits.hits]
        numbers = searcher.fast_field_values("article", addresses)
        return [
            _Match(int(number or 0), address, score)
            for (score, address), number in zip(hits.hits, numbers, strict=True)
        ]

    def _all_have(self, field: str, values: Collection[str]) -> bool:
        """Whether no document can be left out by this: a filter costs more than all else on a large index."""
        if field == "language" and not values:
            return True
        held = self._searchers[ARTICLES]
        every = sum(self.languages.values())  # those replaced since are still counted, here and there
        return any(held.doc_freq(field, value) == every for value in values)

    def _addresses(
        self, by_words: Iterable[_Match], voices: Iterable[ranking.Voice]
    ) -> "dict[int, tantivy.DocAddress]":
        from tantivy import Query

        found = {match.number: match.address for match in by_words}
        missing = {str(voice.article) for voice in voices} - set(map(str, found))
        if missing:
            searcher = self._searchers[ARTICLES]
            keys = Query.term_set_query(self._schemas[ARTICLES], "key", sorted(missing))
            addresses = [address for _, address in searcher.search(keys, len(missing), count=False).hits]
            numbers = searcher.fast_field_values("article", addresses)
            found |= {int(number or 0): address for number, address in zip(numbers, addresses, strict=True)}
        return found

    def _explains(self, article: int, asked: query.Asked) -> float:
        """How much of the question an article's words are, 0 to 1."""
        from tantivy import Occur, Query

        schema = self._schemas[ARTICLES]
        key = Query.const_score_query(Query.term_query(schema, "key", str(article), index_option="basic"), 0.0)
        words = [
            Query.const_score_query(_best_of(schema, "text", group, 1.0), group.rarity * group.terms[0][1])
            for group in asked.searchable
        ]
        wanted = Query.boolean_query([(Occur.Must, key), *((Occur.Should, word) for word in words)])
        hits = self._searchers[ARTICLES].search(wanted, 1, count=False).hits
        return min(float(hits[0][0]) / asked.total, 1.0) if hits and asked.total else 0.0

    def _numbers(self, field: str, addresses: "Mapping[int, tantivy.DocAddress]") -> dict[int, float]:
        values = self._searchers[ARTICLES].fast_field_values(field, list(addresses.values()))
        return {number: float(value or 0.0) for number, value in zip(addresses, values, strict=True)}

    def _kept(self, part: str, addresses: "Iterable[tantivy.DocAddress]") -> list[list[str]]:
        searcher = self._searchers[part]
        return [json.loads(bytes(searcher.doc(address)["kept"][0])) for address in addresses]


def _says_enough(sentence: str, language: str) -> bool:
    said = {token for token in analysis.tokens(sentence, language) if not analysis.says_little(token, language)}
    return len(said) >= ENOUGH_WORDS


def _words(schema: "tantivy.Schema", part: str, asked: query.Asked) -> "Iterator[tantivy.Query]":
    # Learned questions are as short as the new one, and say "how can I" where it does: there all words count in full.
    for group in asked.searchable:
        yield _best_of(schema, "text", group, group.tells if part == ARTICLES else 1.0)


def _titles(schema: "tantivy.Schema", asked: query.Asked) -> "Iterator[tantivy.Query]":
    from tantivy import Query

    for group in asked.searchable:
        yield Query.const_score_query(_best_of(schema, "title", group, 1.0), TITLE * group.rarity)


def _pairs(schema: "tantivy.Schema", asked: query.Asked) -> "Iterator[tantivy.Query]":
    from tantivy import Query

    for pair in asked.pairs:
        yield Query.boost_query(Query.term_query(schema, "pairs", pair, index_option="basic"), PAIR)


def _best_of(schema: "tantivy.Schema", field: str, group: query.Group, boost: float) -> "tantivy.Query":
    from tantivy import Query

    terms = []
    for token, weight in group.terms:
        term = Query.term_query(schema, field, token, index_option="freq" if field == "text" else "basic")
        terms.append(term if weight * boost == 1 else Query.boost_query(term, weight * boost))
    return terms[0] if len(terms) == 1 else Query.disjunction_max_query(terms)


def _evidence(
    asked: query.Asked,
    ranked: Sequence[ranking.Ranked],
    by_words: Sequence[_Match],
    explained: float,
) -> confidence.Evidence:
    best, *others = ranked
    by_word = max((match.score for match in by_words if match.number == best.article), default=0.0)
    reachable = _K1_PLUS_1 * asked.total
    return confidence.Evidence(
        reached=min(by_word / reachable, 1.0) if reachable else 0.0,
        explained=explained,
        agreed=best.votes,
        ahead=1 - others[0].score / best.score if others and best.score else 1.0,
    )


def _notes(folder: Path) -> dict[str, Any]:
    try:
        notes: dict[str, Any] = json.loads((folder / NOTES).read_text("utf-8"))
        if notes["format"] == FORMAT:
            return {"synonyms": dict(notes["synonyms"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenIndex("There is no index in this folder. Fetch or build it again.") from error
    raise BrokenIndex(f"The index is of another format than {FORMAT}. Build it again.")


@contextmanager
def _broken() -> Iterator[None]:
    """tantivy tells of damaged files by ValueError or OSError, some by a panic of Rust, which is no Exception."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise BrokenIndex("The index cannot be read. Fetch or build it again.") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise BrokenIndex("The index cannot be read. Fetch or build it again.") from error
        raise
