"""Mailing one-time codes. To members of staff always; to customers only while sending is on."""

from contextlib import suppress
from dataclasses import replace

from chalicelib.auth import sessions, sign_in
from chalicelib.gateways import mailer as gateway
from chalicelib.gateways.mailer import SendUnclear
from chalicelib.gateways.secrets import signing_keys
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Permanent, Unavailable
from chalicelib.kernel.settings import settings
from chalicelib.kernel.signing import Keys
from chalicelib.model.session import Audience, SignInCode
from chalicelib.storage import staff
from chalicelib.storage.commit import Refused, commit
from chalicelib.telemetry import logger

PURPOSE_TAG, PURPOSE = "liana_purpose", "sign_in"


def send_code(code_id: str) -> None:
    """Once, as far as can be known: a lost answer of SES, or two workers at once, send the same code twice. Raises
    Unavailable."""
    now = clock.now()
    code = staff.code(code_id)
    if code is None or not code.email or code.sent_at or not sessions.can_open(code, now):
        return
    if code.audience is Audience.CUSTOMER and not settings().sending_on:
        logger.info("sign_in_code_held", code=code_id)
        return
    try:
        gateway.mailer.send(_written(code, signing_keys()), settings().sender_address, code.email)
    except SendUnclear as error:
        raise Unavailable("SES did not say whether it took a sign-in code") from error
    except Permanent as error:
        logger.warning("sign_in_code_refused", code=code_id, problem=error.detail)
        return
    with suppress(Refused):  # used or tried meanwhile
        commit(Decision((replace(code, sent_at=now),), reason="code sent"))


def _written(code: SignInCode, keys: Keys) -> bytes:
    from chalicelib.mail.message import Address
    from chalicelib.mail.outgoing.compose import MailKind, OutgoingMail, compose
    from chalicelib.mail.outgoing.render import render

    told = settings()
    digits = sessions.digits_of(code, keys)
    link = f"{told.base_url}/sign-in/link/{sign_in.link_of(code, keys)}" if told.base_url else ""
    context = {
        "company": told.company_name,
        "code": f"{digits[:4]} {digits[4:]}",
        "minutes": sessions.CODE_LIFE.seconds // 60,
        "link": link if code.audience is Audience.CUSTOMER else "",
    }
    rendered = render("sign_in", code.language, context)
    return compose(
        OutgoingMail(
            kind=MailKind.SIGN_IN,
            sender=Address(told.company_name, told.sender_address),
            to=(Address("", code.email),),
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            message_id=f"{code.id.lower()}.sign-in@{told.sender_address.rpartition('@')[2]}",
            date=code.at,
            configuration_set=told.configuration_set or None,
            tags={PURPOSE_TAG: PURPOSE},
        )
    )
