"""Is what somebody wrote back a plain yes or no? More than the word and a greeting is for people to read."""

YES, NO = "yes", "no"
MOST_LINES, LONGEST_LINE = 3, 40  # the word, a greeting and her name
_AROUND = " \t.,;:!?…—–-\"'“”‘’«»„。，！？、"
_SAID = {
    YES: ("yes", "yes it is", "yes thanks", "yes thank you", "ja", "oui", "sí", "si", "sim", "是", "是的",
          "对", "解决了"),
    NO: (
        "no", "no thanks", "no thank you", "nope", "nein", "nein danke", "non", "non merci", "no gracias", "não",
        "否", "不", "不用", "不用了", "不要", "不要了", "不需要", "不需要了",
    ),
}  # fmt: skip
_MEANS = {words: meaning for meaning, many in _SAID.items() for words in many}


def plain(text: str) -> str:
    """YES, NO, or nothing for whatever is neither."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
        return ""
    return _MEANS.get(" ".join(lines[0].casefold().replace(",", " ").strip(_AROUND).split()), "")
