"""Sending text messages by AWS End User Messaging. As with mail, what matters is what is known when it fails.

https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html
"""

from collections.abc import Mapping
from typing import Protocol

from chalicelib.gateways.aws import AwsError, client, error_code
from chalicelib.gateways.mailer import SendUnclear, unclear
from chalicelib.kernel.errors import Permanent, Unavailable
from chalicelib.kernel.settings import settings

VALID_FOR = 4 * 3600  # seconds a carrier may try: later it disturbs more than it helps
# Not accepted now. The number, pool or set we name may be missing: that is ours to mend, and no fault of the text's.
_LATER = {
    *("ThrottlingException", "ServiceQuotaExceededException", "ResourceNotFoundException"),
    *("AccessDeniedException", "ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException"),
}


class Texter(Protocol):
    def send(self, text: str, to: str, sender: str, context: Mapping[str, str]) -> str:
        """Hands one text over; returns the id it got. What is reported of it carries the context.

        Raises Unavailable (not accepted, try again), Permanent (refused for good), SendUnclear.
        """
        ...


class EndUserMessaging:
    def send(self, text: str, to: str, sender: str, context: Mapping[str, str]) -> str:
        try:
            answer = client("pinpoint-sms-voice-v2", retry=False).send_text_message(
                DestinationPhoneNumber=to,
                OriginationIdentity=sender,
                MessageBody=text,
                MessageType="TRANSACTIONAL",
                ConfigurationSetName=settings().configuration_set,
                TimeToLive=VALID_FOR,
                Context=dict(context),
            )
        except AwsError as error:
            code = error_code(error)
            if code in _LATER:
                raise Unavailable(f"End User Messaging: {code}") from error
            if unclear(error):
                raise SendUnclear(code) from error
            raise Permanent(f"End User Messaging refused it: {code}") from error
        return str(answer["MessageId"])


class RecordingTexter:
    """The twin for tests: accepts everything, keeps it, and names it."""

    def __init__(self) -> None:
        self.accepted: list[tuple[str, str, str, dict[str, str]]] = []  # (id, text, to, context)

    def send(self, text: str, to: str, sender: str, context: Mapping[str, str]) -> str:  # noqa: ARG002 - the Protocol's
        text_id = f"sms-{len(self.accepted):012d}"
        self.accepted.append((text_id, text, to, dict(context)))
        return text_id


texter: Texter = EndUserMessaging()
