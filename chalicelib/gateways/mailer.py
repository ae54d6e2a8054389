"""Sending mail by SES. What matters is what is known when it fails: not now, never, or nobody knows."""

from typing import Protocol

from botocore.exceptions import ClientError

from chalicelib.gateways.aws import AwsError, client, error_code
from chalicelib.kernel.errors import Permanent, Unavailable

# Answers of SES that say: not accepted now, ask again later. Some are ours to mend, none blames the mail.
_LATER = {
    *("Throttling", "ThrottlingException", "TooManyRequestsException", "LimitExceededException"),
    *("AccountSendingPausedException", "ConfigurationSetSendingPausedException"),
    *("ConfigurationSetDoesNotExist", "ConfigurationSetDoesNotExistException"),
    *("AccessDenied", "AccessDeniedException", "ExpiredToken", "ExpiredTokenException", "RequestExpired"),
    *("InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch"),
}


class SendUnclear(Exception):
    """No answer: SES may have accepted it. Only its Send event, or silence, will tell."""


class Mailer(Protocol):
    def send(self, raw: bytes, sender: str, to: str) -> str:
        """Hands one MIME mail to SES; returns the id SES gave it (the part before the @ of its Message-ID).

        Raises Unavailable (not accepted, try again), Permanent (refused for good), SendUnclear.
        """
        ...


class SesMailer:
    def send(self, raw: bytes, sender: str, to: str) -> str:
        try:
            # v1 SendRawEmail takes the MIME as it is, headers for tags and configuration set included.
            answer = client("ses", retry=False).send_raw_email(
                Source=sender, Destinations=[to], RawMessage={"Data": raw}
            )
        except AwsError as error:
            code = error_code(error)
            if code in _LATER:
                raise Unavailable(f"SES: {code}") from error
            if unclear(error):
                raise SendUnclear(code) from error
            raise Permanent(f"SES refused it: {code}") from error
        return str(answer["MessageId"]).partition("@")[0]


def unclear(error: Exception) -> bool:
    """A lost answer, and a failure of the service's own (any 5xx), do not say whether it was accepted."""
    if not isinstance(error, ClientError):
        return True
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)) >= 500


class RecordingMailer:
    """The twin for tests: accepts everything, keeps it, and names it as SES would."""

    def __init__(self) -> None:
        self.accepted: list[tuple[str, bytes, str]] = []  # (SES id, MIME, to)

    def send(self, raw: bytes, sender: str, to: str) -> str:  # noqa: ARG002 - the Protocol's
        ses_id = f"0100{len(self.accepted):012d}-000000"
        self.accepted.append((ses_id, raw, to))
        return ses_id


mailer: Mailer = SesMailer()
