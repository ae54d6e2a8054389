"""Letters to those who look after articles: at most one a day, and none without news."""

from contextlib import suppress
from datetime import datetime

from chalicelib.cases.audience import hour_of, whom
from chalicelib.configuration import policy
from chalicelib.gateways import mailer as gateway
from chalicelib.gateways.mailer import SendUnclear
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Permanent, Unavailable
from chalicelib.kernel.settings import settings
from chalicelib.knowledge import keeping, news
from chalicelib.knowledge.news import News
from chalicelib.model.gap import GapState
from chalicelib.model.notice import Colleague, Notified
from chalicelib.model.upkeep import FindingState
from chalicelib.storage import correspondence, knowledge
from chalicelib.storage import gaps as storage
from chalicelib.storage.commit import Refused, commit, settle
from chalicelib.telemetry import logger

LOOKED_THROUGH = 100  # of each kind of news, the newest or those that cost most
PURPOSE_TAG, PURPOSE = "liana_purpose", "knowledge"


def tell_keepers(now: datetime) -> None:
    """When it is time: a message for each keeper who has something to hear. Early or repeated: nothing."""
    known = storage.learning()
    if known.tell_at is None or known.tell_at > now:
        return
    keepers = news.of_whom(_news(keeping.since_when(known, now), now), policy().notify)
    decision = settle(lambda: (keeping.tell(storage.learning(), keepers, now), None))[0]
    logger.info("keepers_told", keepers=len(keepers), reason=decision.reason)


def write_to(keeper: str, since: datetime, until: datetime) -> None:
    """The letter to one of them. Once, as far as can be known: a lost answer of SES sends it twice. Raises
    Unavailable."""
    person = _colleague(keeper)
    if person is None:
        return
    everything = keeper.lower() in policy().notify
    hers = news.for_one(_news(since, until), keeper, everything=everything)
    letter_id = ids.derived_ulid(until, "knowledge", keeper)
    there = correspondence.notified(whom(person), hour_of(until))
    if not hers or (there and letter_id in there.letters):
        return
    try:
        gateway.mailer.send(_written(person, hers, letter_id, until), settings().sender_address, person.address)
    except SendUnclear as error:
        raise Unavailable("SES did not say whether it took a letter to a keeper") from error
    except Permanent as error:
        logger.warning("keeper_not_told", problem=error.detail)
        return
    count = there or Notified(whom=whom(person), hour=hour_of(until))
    with suppress(Refused):  # another letter to her was counted meanwhile: this one is sent all the same
        commit(
            Decision(
                (
                    Notified(
                        whom=count.whom, hour=count.hour, letters=(*count.letters, letter_id), version=count.version
                    ),
                ),
                reason="told",
            )
        )


def _news(since: datetime, until: datetime) -> News:
    proposed = storage.gaps(GapState.PROPOSED, None, LOOKED_THROUGH).items
    findings = storage.findings(FindingState.OPEN, None, LOOKED_THROUGH).items
    cares = [
        care for care in storage.heard_since(since, LOOKED_THROUGH) if care.heard_at and since < care.heard_at <= until
    ]
    articles = knowledge.named(care.article_id for care in cares)
    return News(
        gaps=[gap for gap in proposed if gap.proposed_at and since < gap.proposed_at <= until],
        feedback=[(articles[care.article_id], care) for care in cares if care.article_id in articles],
        findings=[finding for finding in findings if since < finding.first_at <= until],
    )


def _colleague(keeper: str) -> Colleague | None:
    """A member of the staff who may sign in, or an address; nobody for a caller's name."""
    if "@" in keeper:
        return Colleague(keeper)
    return correspondence.colleagues([keeper]).get(keeper)


def _written(person: Colleague, hers: News, letter_id: str, at: datetime) -> bytes:
    from chalicelib.mail.message import Address
    from chalicelib.mail.outgoing.compose import MailKind, OutgoingMail, compose
    from chalicelib.mail.outgoing.render import render

    us = settings()
    rendered = render("knowledge", person.language, {"company": us.company_name, **news.told(hers)})
    return compose(
        OutgoingMail(
            kind=MailKind.STAFF,
            sender=Address(us.company_name, us.sender_address),
            to=(Address("", person.address),),
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            message_id=f"{letter_id.lower()}.knowledge@{us.sender_address.rpartition('@')[2]}",
            date=at,
            reply_to=Address(us.company_name, policy().notices_address),
            configuration_set=us.configuration_set or None,
            tags={PURPOSE_TAG: PURPOSE},
        )
    )
