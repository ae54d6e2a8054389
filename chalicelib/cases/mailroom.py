"""What is done about outbound mail: send it once, and hear what became of it.

cases/sending.py decides; this carries it out.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.cases import answering, helping, self_service, sending
from chalicelib.channels import letters, sms
from chalicelib.configuration import policy
from chalicelib.gateways import mailer, objects, texts
from chalicelib.gateways import sms as texting
from chalicelib.gateways.mailer import SendUnclear
from chalicelib.gateways.secrets import signing_keys
from chalicelib.insight import metrics
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import NotFound, Permanent, Unavailable
from chalicelib.kernel.settings import settings
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer
from chalicelib.model.feedback import Feedback
from chalicelib.model.interaction import BRAKED, PLAY_HALTED, Delivery, Interaction, Purpose
from chalicelib.model.question import AskedThrough
from chalicelib.model.rating import SCORES
from chalicelib.outreach import halting
from chalicelib.storage import brakes, campaigns, correspondence, plays
from chalicelib.storage import cases as storage
from chalicelib.storage.commit import settle
from chalicelib.telemetry import Counted, count, logger

PREFERENCES_OPEN_FOR = timedelta(days=180)
LOOKED_BACK = 10  # interactions
QUOTED = 3  # of them, in an answer


class Letter(NamedTuple):
    """A mail as it goes to SES, and to whom."""

    raw: bytes
    to: str

    def hand_over(self) -> str:
        """The id SES gave it. Raises what the mailer does."""
        return mailer.mailer.send(self.raw, policy().sender_address, self.to)


class TextMessage(NamedTuple):
    """A text as it goes to the gateway, to whom, and by what its reports name it."""

    text: str
    to: str
    context: Mapping[str, str]

    def hand_over(self) -> str:
        """The id the gateway gave it. Raises what the mailer does."""
        return texting.texter.send(self.text, self.to, policy().sms_from, self.context)


def send_mail(customer_id: str, interaction_id: str) -> str:
    """Sends an outbound interaction that is queued; returns what happened, in a word.

    Raises Unavailable when SES certainly did not take it and it is queued again.
    """
    now = clock.now()

    def claim() -> tuple[Decision, Letter | TextMessage | None]:
        mail, customer = storage.to_be_sent(customer_id, interaction_id)
        if mail is None or customer is None or mail.delivery is None:
            return Decision(reason="gone"), None
        if not (decision := sending.claim(mail, policy(), now)).changes:
            return decision, None
        case = storage.case(mail.case_id) if mail.case_id else None
        if why := sending.needless(mail, case, customer):
            return sending.withheld(mail, now, why), None
        play = mail.template.get("play")
        if play and (why := _kept_because(play, mail.template.get("campaign", ""), mail.at)):
            return sending.kept_back(mail, why, now), None
        try:
            ready, text = _ready(mail, mail.delivery, case, customer, now)
        except (ValueError, NotFound) as error:
            logger.exception("mail_cannot_be_written", interaction=interaction_id)
            return _brought_back(sending.refused(mail, now, f"cannot be written: {error}"), customer), None
        decision = _brought_back(sending.claim(mail, policy(), now, text), customer)
        return decision, ready if decision.reason == sending.CLAIM else None

    decision, letter = settle(claim)
    metrics.count_changes(decision)
    if letter is None:
        logger.info("mail_not_sent", interaction=interaction_id, reason=decision.reason)
        return decision.reason
    return _hand_over(letter, customer_id, interaction_id)


def _ready(
    mail: Interaction, delivery: Delivery, case: Case | None, customer: Customer, now: datetime
) -> tuple[Letter | TextMessage, str]:
    """What goes out, and the words in it. Raises ValueError and NotFound for what cannot be written."""
    if mail.channel != sms.CHANNEL.name:
        raw, text = _write(mail, case, customer, now)
        return Letter(raw, delivery.to), text
    if not policy().sms_on:
        raise ValueError("texts are not switched on")
    if not sms.is_number(delivery.to):
        raise ValueError("its number is not in E.164")
    text = texts.read(mail.body_key) if mail.body_key else mail.preview
    context = {sms.CUSTOMER: mail.customer_id, sms.INTERACTION: mail.id}
    said = sms.worded(text, settings().company_name, mail.language)
    return TextMessage(said, delivery.to, context), text


def _hand_over(letter: Letter | TextMessage, customer_id: str, interaction_id: str) -> str:
    """SES, or the gateway of texts, gets what is claimed, and what it says is recorded."""

    def record(rule: Callable[[Interaction], Decision]) -> str:
        return _record(customer_id, interaction_id, rule)

    try:
        ses_id = letter.hand_over()
    except Unavailable:
        record(lambda mail: sending.released(mail, clock.now()))
        raise
    except Permanent as error:
        detail = error.detail
        return record(lambda mail: sending.refused(mail, clock.now(), detail))
    except SendUnclear as error:
        count(Counted.MAIL_UNCLEAR)
        logger.warning("mail_unclear", interaction=interaction_id, why=str(error))
        return "unclear"
    return record(lambda mail: sending.sent(mail, ses_id, policy(), clock.now()))


def _kept_because(play: str, campaign_id: str, since: datetime) -> str:
    """Why it may not leave, as the brake, its play and its campaign stand by now; empty: it may. Two strongly
    consistent reads."""
    if brakes.brake().pulled:
        return BRAKED
    campaign, record = campaigns.with_play(campaign_id, play) if campaign_id else (None, plays.play(play))
    return "" if halting.may_leave(record, since, campaign) else PLAY_HALTED


def _write(mail: Interaction, case: Case | None, customer: Customer, now: datetime) -> tuple[bytes, str]:
    text = texts.read(mail.body_key) if mail.body_key else mail.preview
    return letters.letter(
        mail,
        case,
        customer,
        text=text,
        policy=policy(),
        company=settings().company_name,
        keys=signing_keys(),
        configuration_set=settings().configuration_set,
        unsubscribe_url=_unsubscribe_url(mail) if mail.purpose in (Purpose.NOTICE, Purpose.RATING) else "",
        preferences_url=_preferences_url(mail, now) if mail.purpose is Purpose.NOTICE else "",
        votes=_vote_urls(mail) if mail.purpose is Purpose.RATING else {},
        now=now,
        history=_said_before(mail, case, customer),
        files=[(file, objects.objects.read(file.key)) for file in mail.attachments],
        side=correspondence.side(case, mail.side) if case and mail.purpose is Purpose.SIDE else None,
        answers=_answers_in(mail),
    )


def _answers_in(mail: Interaction) -> letters.Help:
    """Articles that may answer what an acknowledgement thanks for. Asked for once; a second attempt to send it says the
    same. What was written before there were any names no contact."""
    most, contact_id = policy().knowledge.answers_in_letters, mail.template.get(helping.CONTACT, "")
    if mail.purpose is not Purpose.ACKNOWLEDGEMENT or not (most and contact_id and policy().sending_on):
        return letters.NO_HELP
    found = self_service.help_with(mail.customer_id, contact_id, mail.case_id, through=AskedThrough.LETTER, most=most)
    if found is None or not found.articles:
        return letters.NO_HELP
    lines = tuple(letters.ArticleLine(shown.title, shown.excerpt, shown.url) for shown in found.articles)
    return letters.Help(lines, found.solved_url, found.person_url)


def _said_before(mail: Interaction, case: Case | None, customer: Customer) -> list[Interaction]:
    """What an answer quotes below itself, newest first."""
    if case is None or mail.purpose is not Purpose.REPLY or answering.without_history(mail):
        return []
    page = storage.said_in_all(case, customer, mail.id, LOOKED_BACK, newest_first=True)
    return [said for said in page.items if answering.may_quote(said, case, customer)][:QUOTED]


def _preferences_url(mail: Interaction, now: datetime) -> str:
    from chalicelib.auth.links import PreferencesLink, preferences_token

    link = PreferencesLink(mail.customer_id, mail.task_id, now + PREFERENCES_OPEN_FOR)
    return f"{settings().base_url}/p/{preferences_token(link, signing_keys())}"


def _unsubscribe_url(mail: Interaction) -> str:
    from chalicelib.auth.links import unsubscribe_token

    token = unsubscribe_token(
        mail.customer_id, mail.channel, mail.template.get("purpose", ""), mail.task_id, signing_keys()
    )
    return f"{settings().base_url}/u/{token}"


def _vote_urls(mail: Interaction) -> dict[int, str]:
    from chalicelib.auth.links import vote_token

    rating = mail.template.get("rating", "")
    return {
        score: f"{settings().base_url}/r/{vote_token(mail.customer_id, rating, score, signing_keys())}"
        for score in SCORES
    }


def _record(customer_id: str, interaction_id: str, rule: Callable[[Interaction], Decision]) -> str:
    def decide() -> tuple[Decision, None]:
        mail, customer = storage.to_be_sent(customer_id, interaction_id)
        return (_brought_back(rule(mail), customer) if mail else Decision(reason="gone")), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("mail_recorded", interaction=interaction_id, reason=decision.reason)
    return decision.reason


def hear(news: Feedback) -> str:
    """Records what SES reports of a mail we sent; what is not about one of ours changes nothing."""

    def decide() -> tuple[Decision, None]:
        mail, customer = storage.to_be_sent(news.customer_id, news.interaction_id)
        if mail is None or customer is None:
            return Decision(reason="not ours"), None
        return _brought_back(sending.heard(mail, customer, news, policy()), customer), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("mail_feedback", interaction=news.interaction_id, kind=news.kind.value, reason=decision.reason)
    return decision.reason


def _brought_back(decision: Decision, customer: Customer | None) -> Decision:
    """With the case an agent has to see to again, if the decision says that her answer did not arrive."""
    lost = sending.lost_answer(decision)
    case = storage.living(lost.case_id) if lost else None
    if not (lost and case and customer):
        return decision
    return sending.brought_back(decision, lost, case, customer, policy())
