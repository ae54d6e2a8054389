"""Which lines of an article tell a reader at a glance whether it is hers?"""

import re

LONGEST = 160  # columns: about two lines of a mail
_ENDS = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")
_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile("[\u3400-\u9fff]")
_SHORTEST_WORD = 4  # shorter ones stand in every sentence


def excerpt(text: str, title: str = "", words: str = "", longest: int = LONGEST) -> str:
    """One line of plain text: from the sentence on that has most of `words`, or from the beginning, without the title
    again. A character of Chinese takes two columns."""
    sentences = [line for part in _ENDS.split(text) if (line := " ".join(part.split()))]
    if sentences and sentences[0].strip("# ").lower() == title.strip().lower():
        sentences = sentences[1:]
    if not sentences:
        return ""
    wanted = _grams(words)
    begins = max(range(len(sentences)), key=lambda n: (len(wanted & _grams(sentences[n])), -n))
    return _cut(" ".join(sentences[begins:]), longest)


def _grams(text: str) -> set[str]:
    """What sentences are compared by: longer words, and pairs of Chinese characters."""
    found = set()
    for word in _WORD.findall(text.lower()):
        if _HAN.search(word):
            found |= {word[at : at + 2] for at in range(max(1, len(word) - 1))}
        elif len(word) >= _SHORTEST_WORD:
            found.add(word)
    return found


def _cut(line: str, longest: int) -> str:
    """As much as fits, to the end of a word where words have ends."""
    taken = 0
    for at, char in enumerate(line):
        taken += 2 if ord(char) > 0x2E7F else 1
        if taken > longest - 1:
            begun = line[:at]
            at_a_space = begun.rfind(" ")
            return f"{begun[:at_a_space] if at_a_space > longest // 2 else begun}…".replace(" …", "…")
    return line
