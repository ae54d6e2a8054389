"""An upload: a file somebody is about to put into the store, or did, and that no answer or request has yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta

MB = 1024 * 1024
MOST_BYTES = 10 * MB  # of one file
MOST_BYTES_A_MAIL = 6 * MB  # of all files of a mail: SES takes 10 MB, and base64 makes 4 bytes of 3
MOST_FILES = 10  # of one answer or request
ADDRESS_LIVES = timedelta(minutes=15)
USABLE_FOR = timedelta(days=1)  # as long as the store keeps what nobody used


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    id: str
    at: datetime
    by: str  # the caller, as receipts know her: nobody else uses it
    case_id: str = ""  # the only case it may be used in; empty: any of the caller's
    name: str
    type: str
    size: int  # bytes; the address takes exactly as many
    version: int | None = None

    @property
    def key(self) -> str:
        return f"uploads/{self.id}"
