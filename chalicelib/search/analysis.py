"""Which pieces of a text are compared?

Words in their Snowball stem, by language, without accents; of scripts that part no words (Chinese, Japanese, Korean,
Thai and their neighbours) single characters and pairs. Texts that are indexed and questions that are asked go
through the same functions: who changes them raises `FORMAT` in `index.py`, so that everything is indexed anew.
"""

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from math import fsum
from typing import NamedTuple
from unicodedata import combining, normalize

LONGEST_WORD = 40  # characters; what is longer is cut: no word a person types
_STEMMERS: Mapping[str, str] = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}
# Scripts whose words are not parted by spaces, or change so much within one that pairs of characters find more.
_HAN = "\u2e80-\u2fdf\u3005-\u3007\u31c0-\u31ef\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = "\u3040-\u30ff\u31f0-\u31ff"
_HANGUL = "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"
_THAI = "\u0e00-\u0e7f"
_NEIGHBOURS = "\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff"  # Lao, Burmese, Khmer
_UNPARTED = f"{_HAN}{_KANA}{_HANGUL}{_THAI}{_NEIGHBOURS}"
# A run of unparted characters, or a word: letters, digits and the marks that belong to them. \w alone leaves out the
# vowel signs of Hindi or Tamil (categories Mc and Mn).
_MARKS = "\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0980-\u0983\u09bc-\u09cd\u0b80-\u0bcd"
_LETTER = f"(?:[^\\W_{_UNPARTED}]|[{_MARKS}])"
_PIECE = re.compile(f"([{_UNPARTED}]+)|{_LETTER}+(?:['\u2019]{_LETTER}+)*")  # group 1: unparted
_PLAIN = re.compile("[a-z0-9]+(?:'[a-z0-9]+)*")  # the same of ASCII alone, which most bodies are: ten times as fast
_SENTENCE_ENDS = re.compile("(?<=[.!?])\\s+|(?<=[\u3002\uff01\uff1f])|\n+")
# French and Italian write "l'argent" and "dell'ordine", where the article is no part of the word.
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|(?:d|n|s|qu)?[ae]ll|un)['\u2019](?=\w{3})")
_SCRIPTS: tuple[tuple[str, "re.Pattern[str]"], ...] = (
    ("ja", re.compile(f"[{_KANA}]")),
    ("zh", re.compile(f"[{_HAN}]")),
    ("ko", re.compile(f"[{_HANGUL}]")),
    ("th", re.compile(f"[{_THAI}]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
)
# Languages that are written in the script of the one named above as well.
_SHARED: Mapping[str, frozenset[str]] = {
    "zh": frozenset({"zh", "ja", "yue", "wuu"}),
    "ru": frozenset({"ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn"}),
    "ar": frozenset({"ar", "fa", "ur", "ps"}),
    "hi": frozenset({"hi", "ne", "mr"}),
}
# Words that say little about the subject, for comparing two texts without an index that knows how frequent words are.
_LITTLE: Mapping[str, str] = {
    "en": """a an and any are as at be been but by can could did do does for from get got had has have hello help hi how
        i if im in is it its ive just me my need no not of on or our out please so some still tell than thank thanks
        that the their them then there they this to up us want was we were what when where which who why will with would
        you your""",
    "de": """aber als am an auch auf aus bei bin bitte das dass dem den der die ein eine einen einer es fur habe hat ich
        ihr ihre im ist kann kein man mein meine mich mir mit nach nicht noch oder sich sie sind und uber von warum was
        wenn wie wir wo zu zum zur""",
    "fr": """au aux avec ce ces comment dans de des du elle en est et il ils je la le les leur ma mais mes mon ne nous
        on ou par pas pour pourquoi que qui quoi sa se ses son sont sur un une vous votre""",
    "es": """al como con cuando de del donde el ella en es esta este hay la las lo los me mi mis no para pero por porque
        puedo que se si su un una y yo""",
    "it": """che come con cosa da dei del della di dove e gli ho il in io la le lo mi mia mio non per perche posso si
        sono un una""",
    "pt": """as com como da das de do dos e em eu isso meu minha na nao no nos o onde os ou para por posso que se um
        uma""",
    "nl": """aan als de dat die een en er het hoe ik in is je kan maar me met mijn niet of om op te van voor waar waarom
        wat we wie zijn""",
}
_LITTLE_UNPARTED = frozenset(
    "的了吗呢我你您们是在有和就不都很也到说要去会着没看好自己这那怎么什请问能可以想把为啊吧の は を が に で と"
)


class Word(NamedTuple):
    """A word as it was written, but for case and width, and the tokens it is compared by."""

    text: str
    tokens: tuple[str, ...]
    unparted: bool  # of a script without spaces: `text` is the run of characters


def primary(language: str) -> str:
    """`zh` of `zh-Hant-TW`; empty for no language."""
    return language.replace("_", "-").partition("-")[0].lower()


def tokens(text: str, language: str) -> list[str]:
    """All of them, repetitions included, in order. Any text is allowed, and gives none if there is no word in it."""
    return [token for word in words(text, language) for token in word.tokens]


def words(text: str, language: str) -> list[Word]:
    stem = _stem_of(primary(language))
    if text.isascii():
        bare = map(_bare, _PLAIN.findall(text.lower()))
        return [Word(word, (stem(word),), unparted=False) for word in bare]
    found = []
    for piece in _PIECE.finditer(normalize("NFKC", text).lower()):
        if run := piece[1]:
            found.append(Word(run, _grams(run), unparted=True))
        elif word := _bare(piece[0]):
            found.append(Word(word, (stem(word),), unparted=False))
    return found


def sentences(text: str) -> list[str]:
    """Its sentences and lines that hold a word, in order."""
    return [sentence for sentence in _SENTENCE_ENDS.split(text) if _PIECE.search(sentence)]


def stem(word: str, language: str) -> str:
    """Of one word as `Word.text` holds it."""
    return _stem_of(primary(language))(word)


def spoken(text: str, language: str = "") -> str:
    """The language to read a text in: the one given, unless its script says that she writes in another; empty if
    nothing tells. The Latin script tells nothing."""
    text = normalize("NFKC", text[:2_000])
    letters = sum(character.isalpha() for character in text)
    said = primary(language)
    for name, script in _SCRIPTS:
        # A Chinese question about "Windows 11" is Chinese; kana decide at once, for Japanese is written in Han, too.
        if len(script.findall(text)) * (8 if name == "ja" else 3) > letters:
            return language if said == name or said in _SHARED.get(name, ()) else name
    return language


def similarity(one: str, other: str, language: str) -> float:
    """0 to 1: how much two short texts have in common, as Dice's coefficient of their tokens; words that say
    little count a tenth. For questions, to see whether they ask the same; it needs no index."""
    mine, hers = frozenset(tokens(one, language)), frozenset(tokens(other, language))
    shared = fsum(_says(token, language) for token in mine & hers)
    both = shared + fsum(_says(token, language) for token in mine | hers)
    return 2 * shared / both if both else 0.0


def says_little(token: str, language: str) -> bool:
    """Whether it is one of the words that stand in any question: the, please, 的."""
    return token in _LITTLE_UNPARTED or token in _little_tokens(primary(language) or "en")


def _says(token: str, language: str) -> float:
    if says_little(token, language):
        return 0.1
    # A pair of characters repeats what the two say each.
    piece = _PIECE.match(token) if len(token) == 1 else None
    return 0.5 if piece and piece[1] else 1.0


@lru_cache(maxsize=64)
def _little_tokens(language: str) -> frozenset[str]:
    return frozenset(stem(word, language) for word in _LITTLE.get(language, "").split())


def _grams(run: str) -> tuple[str, ...]:
    run = "".join(character for character in run if character.isalnum() or combining(character) or character > "\u0e00")
    return (*run, *(run[at : at + 2] for at in range(len(run) - 1)))


def _bare(piece: str) -> str:
    """Without apostrophes: don't and dont are one word, as they are for those who type."""
    if "'" in piece or "\u2019" in piece:
        piece = _ELISION.sub("", piece).replace("'", "").replace("\u2019", "")
    return piece[:LONGEST_WORD]


def _folded(word: str) -> str:
    """Without accents, for many who ask do not type them."""
    if word.isascii():
        return word
    apart = normalize("NFD", word)
    return normalize("NFC", "".join(c for c in apart if not "\u0300" <= c <= "\u036f")) or word


_thread = threading.local()  # a Snowball stemmer keeps the word it is working on: one for each thread


@lru_cache(maxsize=64)
def _stem_of(language: str) -> Callable[[str], str]:
    # Texts in scripts without words hold English names; who tells no language most likely writes English, too.
    algorithm = _STEMMERS.get(language, "english" if language in ("", "zh", "ja", "ko", "th") else "")

    @lru_cache(maxsize=20_000)
    def stemmed(word: str) -> str:
        if not algorithm or any(map(str.isdigit, word)):
            return _folded(word)
        return _folded(_stemmer(algorithm)(word)) or _folded(word)

    return stemmed


def _stemmer(algorithm: str) -> Callable[[str], str]:
    import Stemmer

    stemmers: dict[str, Callable[[str], str]] = _thread.__dict__.setdefault("stemmers", {})
    if algorithm not in stemmers:
        stemmers[algorithm] = Stemmer.Stemmer(algorithm, 0).stemWord
    return stemmers[algorithm]


def joined(parts: Iterable[str]) -> str:
    """Tokens as the index takes them: parted by spaces, none of which stands within one."""
    return " ".join(parts)
