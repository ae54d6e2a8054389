"""How far the sender of an arrival may be believed. A reply token threads a mail; it does not raise this."""

from enum import Enum


class Trust(Enum):
    AUTHENTICATED = "authenticated"  # proven: DMARC pass, or an authenticated API caller
    WEAK = "weak"  # aligned SPF or DKIM without a DMARC policy
    UNVERIFIED = "unverified"  # nothing speaks for it, nothing against it
    SPOOFED = "spoofed"  # DMARC fail: From is not to be believed
    SPAM = "spam"
    BLOCKED = "blocked"  # carries a virus

    @property
    def identifies(self) -> bool:
        return self in (Trust.AUTHENTICATED, Trust.WEAK)
