"""Is what somebody wrote back a plain yes or no, or that she wants no more? More than the words and a greeting is for
people to read."""

YES, NO, STOP = "yes", "no", "stop"
MOST_LINES, LONGEST_LINE = 3, 40  # the word, a greeting and her name
_AROUND = " \t.,;:!?…—–-\"'“”‘’«»„。，！？、"
_SAID = {
    YES: ("yes", "yes it is", "yes thanks", "yes thank you", "ja", "oui", "sí", "si", "sim", "是", "是的",
          "对", "解决了"),
    NO: (
        "no", "no thanks", "no thank you", "nope", "nein", "nein danke", "non", "non merci", "no gracias", "não",
        "否", "不", "不用", "不用了", "不要", "不要了", "不需要", "不需要了",
    ),
    # Not “cancel” or “end”, which a text message may mean it by: in a mail they may be about her order.
    STOP: (
        "stop", "please stop", "unsubscribe", "unsubscribe me", "please unsubscribe", "please unsubscribe me",
        "opt out", "remove me", "please remove me", "remove me from your list", "please remove me from your list",
        "remove me from this list", "please remove me from this list", "take me off your list",
        "please take me off your list", "stop emailing me", "please stop emailing me", "stop writing to me",
        "no more emails", "no more emails please", "no more mails", "stopp", "abmelden", "bitte abmelden",
        "abbestellen", "keine mails mehr", "bitte keine mails mehr", "désinscription", "désinscrivez-moi",
        "désabonnement", "baja", "darme de baja", "cancelar suscripción", "descadastrar", "退订", "请退订", "取消订阅",
        "请取消订阅", "别再发了", "不要再发了", "请不要再发了", "请勿再发", "不要再发邮件了", "请不要再发邮件了",
    ),
}  # fmt: skip
_MEANS = {words: meaning for meaning, many in _SAID.items() for words in many}


def plain(text: str) -> str:
    """YES, NO, STOP, or nothing for whatever is none of them."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
        return ""
    return _MEANS.get(" ".join(lines[0].casefold().replace(",", " ").strip(_AROUND).split()), "")
