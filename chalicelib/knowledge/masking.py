"""Which words of a question tell of a person? They are masked before it is kept as anybody's question.

Pure, and rather too strict: a word too many costs a question a little of what it is found by; one too few would stay
for good where others read it.
"""

import re
import unicodedata
from collections.abc import Iterable

MASK = "…"
LONGEST = 200  # characters of a question that is learned; longer ones are letters, not questions
LEAST = 4  # characters that are left of it

_WORD = r"[^\W\d_]"  # a letter of any script
_NAME = rf"{_WORD}[\w'’.-]*"
_CAPITAL = r"(?-i:[A-ZÀ-ÖØ-ÞŁŚŻČŠŽĄĘĆŃŐŰĞİŞА-ЯΑ-Ω])"
_PROPER = rf"{_CAPITAL}[\w'’-]*"
_STREETS = (
    r"street|st\.?|road|rd\.?|avenue|ave\.?|lane|ln\.?|drive|dr\.?|boulevard|blvd\.?|court|ct\.?|square|sq\.?|way|"
    r"terrace|place"
)
_CALLED = "my name is|my name's|mein name ist|ich heiße|ich heisse|je m'appelle|me llamo|mi chiamo"
_CJK = "\u3400-\u9fff"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:https?://|www\.)\S+",
        r"[^\s@<>()]+@[^\s@<>()]+",  # e-mail, and handles of the like
        r"(?<!\w)@\w{2,}",
        r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?\b",  # IBAN
        # Whoever says who she is, or whom she greets.
        rf"\b(?:{_CALLED})\s+{_NAME}(?:\s+{_PROPER}){{0,2}}",
        rf"\b(?:this is|i am|i'm|ich bin|je suis|soy)\s+{_PROPER}(?:\s+{_PROPER}){{0,2}}",
        rf"\b(?:mr|mrs|ms|miss|dr|prof|herr|herrn|frau|madame|monsieur|señor|señora)\b\.?\s+{_NAME}(?:\s+{_PROPER})?",
        rf"\b(?:dear|hi|hello|hallo|liebe[rs]?)\s+{_PROPER}(?=\s*[,!:])",
        rf"\b(?:regards|greetings|cheers|sincerely|grüße|grüßen|gruß)\s*,?\s+{_PROPER}(?:\s+{_PROPER}){{0,2}}",
        rf"(?:我叫|我的名字是|本人姓名|姓名[:：]?|我姓|收件人[:：]?)\s*[{_CJK}A-Za-z·]{{1,4}}",
        rf"[{_CJK}]{{1,3}}(?:先生|女士|小姐)",
        # Where somebody lives.
        rf"\b\d+[a-z]?\s+(?:{_PROPER}\s+){{1,3}}(?:{_STREETS})(?!\w)",
        rf"\b{_WORD}+(?:straße|strasse|str\.|gasse|allee|platz|weg|ufer)\s*\d+\s?[a-z]?\b",
        r"\b(?:rue|avenue|calle|via|avenida|plaza)\s+(?:\w+\s+){0,3}\w+,?\s*\d+\b",
        r"\b\d+,?\s+(?:rue|avenue|boulevard)\s+(?:de\s+la\s+|de\s+|du\s+|des\s+)?\w+(?:\s+[A-Z]\w+)?",
        rf"[{_CJK}\d]{{1,12}}(?:路|街|大道|巷|弄)[{_CJK}]{{0,2}}\d+(?:号|弄|室|栋|楼|单元)*(?:\d+(?:号|室|栋|楼|单元))*",
        # Numbers: of phones, orders, cards, customers; and whatever has letters and digits at once.
        r"(?<!\w)\+?\d[\d\s()./-]{4,}\d(?!\w)",
        r"#\s?\w+",
        r"\b(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{5,}\b",
        r"\d{3,}",
    )
)
_MASKS = re.compile(rf"{MASK}(?:[\s,;.:/-]*{MASK})+")
_SPACE = re.compile(r"\s+")


def masked(text: str, names: Iterable[str] = ()) -> str:
    """The text without what tells of a person. `names`: what she is called, as far as we know."""
    told = unicodedata.normalize("NFKC", text)
    for name in sorted(_parts(names), key=len, reverse=True):
        bounds = ("", "") if re.search(f"[{_CJK}]", name) else (r"(?<!\w)", r"(?!\w)")
        told = re.sub(f"{bounds[0]}{re.escape(name)}{bounds[1]}", MASK, told, flags=re.IGNORECASE)
    for pattern in _PATTERNS:
        told = pattern.sub(MASK, told)
    return _SPACE.sub(" ", _MASKS.sub(MASK, told)).strip()


def words_of(text: str, names: Iterable[str] = ()) -> str:
    """A question as it is learned: masked, and the same for all who ask it in these words. Empty when it is too long to
    be a question, or nothing is left to know it by."""
    told = masked(text, names).lower().strip(" \t.!?。！？,;:，；：-–—\"'“”„«»" + MASK)
    told = _MASKS.sub(MASK, told)
    left = sum(2 if re.match(f"[{_CJK}]", char) else 1 for char in told if char.isalpha())
    return told if left >= LEAST and len(told) <= LONGEST else ""


def _parts(names: Iterable[str]) -> set[str]:
    """A name as a whole and in its parts; of one sign only where that is a name, too."""
    whole = {unicodedata.normalize("NFKC", name).strip() for name in names}
    parts = {part for name in whole for part in re.split(r"[\s,.]+", name)}
    return {name for name in whole | parts if len(name) > 1}
