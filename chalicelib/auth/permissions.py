"""What a machine may be allowed to do. A scope is a verb on a noun, and it never implies another."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from chalicelib.kernel.errors import Forbidden


class Scope(Enum):
    REQUESTS_WRITE = "requests:write"
    INTERACTIONS_WRITE = "interactions:write"
    FACTS_WRITE = "facts:write"
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    TIERS_WRITE = "tiers:write"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    RECOVERIES_READ = "recoveries:read"
    RECOVERIES_WRITE = "recoveries:write"
    RATINGS_READ = "ratings:read"
    MOODS_READ = "moods:read"
    REPORTS_READ = "reports:read"
    ARTICLES_READ = "articles:read"
    ARTICLES_WRITE = "articles:write"
    ARTICLES_PUBLISH = "articles:publish"
    ANSWERS_READ = "answers:read"
    TEMPLATES_READ = "templates:read"
    TEMPLATES_WRITE = "templates:write"
    UPLOADS_WRITE = "uploads:write"
    SEGMENTS_READ = "segments:read"
    SEGMENTS_WRITE = "segments:write"
    TASKS_READ = "tasks:read"
    TASKS_WRITE = "tasks:write"
    PLAYS_READ = "plays:read"
    PLAYS_WRITE = "plays:write"
    PLAYS_APPROVE = "plays:approve"
    DESK_WORK = "desk:work"
    AGENTS_READ = "agents:read"
    AGENTS_WRITE = "agents:write"
    QUARANTINE_READ = "quarantine:read"
    QUARANTINE_WRITE = "quarantine:write"
    MAIL_READ = "mail:read"
    MAIL_UNLOCK = "mail:unlock"
    AUDIT_READ = "audit:read"
    PRIVACY_WRITE = "privacy:write"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    RULES_READ = "rules:read"
    TOKENS_WRITE = "tokens:write"
    STAFF_READ = "staff:read"
    STAFF_WRITE = "staff:write"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"
    SESSION_OWN = "session:own"
    OWN_READ = "own:read"
    OWN_WRITE = "own:write"

    @property
    def meaning(self) -> str:
        return _MEANINGS[self]


_MEANINGS = {
    Scope.REQUESTS_WRITE: "Hand in what customers ask through the website or the app.",
    Scope.INTERACTIONS_WRITE: "Log calls, chats and board posts that agents had with customers.",
    Scope.FACTS_WRITE: "Report orders, payments, usage and other facts about customers.",
    Scope.CUSTOMERS_READ: "Look customers up and read their timelines.",
    Scope.CUSTOMERS_WRITE: "Say which handles are a customer's, and which customers are one person.",
    Scope.TIERS_WRITE: "Pin a customer's tier until a date.",
    Scope.CASES_READ: "Read open cases and what was said in them.",
    Scope.CASES_WRITE: "Answer customers in a case, and say who takes part in it.",
    Scope.RECOVERIES_READ: "Read which customers we let down, and the figures of it.",
    Scope.RECOVERIES_WRITE: "Note what was done about it, and how it ended.",
    Scope.RATINGS_READ: "Read how customers found solved cases, in their words, and the figures of it.",
    Scope.MOODS_READ: "Read what agents said of moods, with what customers wrote.",
    Scope.REPORTS_READ: "Read figures that tell of nobody: what is served without a person, and what that saves.",
    Scope.ARTICLES_READ: "Read the articles of the knowledge base.",
    Scope.ARTICLES_WRITE: "Write articles, translate them, and submit them.",
    Scope.ARTICLES_PUBLISH: "Say what readers see of articles: publish, schedule, retire, rename, and who reads them.",
    Scope.ANSWERS_READ: "Ask the knowledge base for customers and visitors, and say what became of it.",
    Scope.TEMPLATES_READ: "Read templates of answers, and what they would say in a case.",
    Scope.TEMPLATES_WRITE: "Write, replace and delete templates of answers.",
    Scope.UPLOADS_WRITE: "Upload files for answers and requests.",
    Scope.SEGMENTS_READ: "Read segments and who is in them, and count before there is one.",
    Scope.SEGMENTS_WRITE: "Save and delete segments.",
    Scope.TASKS_READ: "Read what was planned for customers and why.",
    Scope.TASKS_WRITE: "Set tasks up for agents, and say what came of them.",
    Scope.PLAYS_READ: "Read plays, campaigns and pilots, and what they came to.",
    Scope.PLAYS_WRITE: "Prepare plays, campaigns and pilots; pause and stop them.",
    Scope.PLAYS_APPROVE: "Start what somebody else prepared, and widen pilots.",
    Scope.DESK_WORK: "Say that an agent is there, get work for her, take it or decline it.",
    Scope.AGENTS_READ: "Read agents, what they can do, and the touchpoint map.",
    Scope.AGENTS_WRITE: "Say what agents can do, and how much at once.",
    Scope.QUARANTINE_READ: "Read arrivals that were linked to nobody.",
    Scope.QUARANTINE_WRITE: "Take arrivals in that were linked to nobody.",
    Scope.MAIL_READ: "Fetch original mails and attachments.",
    Scope.MAIL_UNLOCK: "Unlock attachments that nobody found to be clean.",
    Scope.AUDIT_READ: "Read who looked at a customer.",
    Scope.PRIVACY_WRITE: "Export all there is of a customer, and have her forgotten.",
    Scope.WEBHOOKS_READ: "Read webhooks, and what they were sent.",
    Scope.WEBHOOKS_WRITE: "Make, change and delete webhooks, and send to them once more.",
    Scope.RULES_READ: "Read rules, and try what they would do.",
    Scope.TOKENS_WRITE: "Exchange the key for a short-lived token that may do less.",
    Scope.STAFF_READ: "Read who is of the staff, with which role and team.",
    Scope.STAFF_WRITE: "Add members of staff, change their roles and teams, and end their access.",
    Scope.KEYS_READ: "Read which API keys there are; never their secrets.",
    Scope.KEYS_WRITE: "Make API keys, rotate them and revoke them.",
    Scope.SESSION_OWN: "See one's own session, and end it. Every session has it, and no key.",
    Scope.OWN_READ: "A customer's session: see one's own cases and what one agreed to.",
    Scope.OWN_WRITE: "A customer's session: say what one agrees to.",
}

# What comes with signing in, and is never given to a key or a role.
OF_SESSIONS = frozenset({Scope.SESSION_OWN, Scope.OWN_READ, Scope.OWN_WRITE})
OF_CUSTOMERS = frozenset({Scope.SESSION_OWN, Scope.OWN_READ, Scope.OWN_WRITE})
GRANTABLE = frozenset(Scope) - OF_SESSIONS
# What no token has, whatever its key may: with any of these a leaked one could make access that outlives its hour.
NEVER_OF_TOKENS = frozenset({Scope.TOKENS_WRITE, Scope.KEYS_WRITE, Scope.STAFF_WRITE})


_AGENT = frozenset(
    {
        Scope.CUSTOMERS_READ,
        Scope.CASES_READ,
        Scope.CASES_WRITE,
        Scope.INTERACTIONS_WRITE,
        Scope.RECOVERIES_READ,
        Scope.RECOVERIES_WRITE,
        Scope.ARTICLES_READ,
        Scope.ANSWERS_READ,
        Scope.TEMPLATES_READ,
        Scope.UPLOADS_WRITE,
        Scope.TASKS_READ,
        Scope.TASKS_WRITE,
        Scope.PLAYS_READ,
        Scope.DESK_WORK,
        Scope.AGENTS_READ,
        Scope.MAIL_READ,
        Scope.TOKENS_WRITE,
    }
)
_LEAD = _AGENT | {
    Scope.CUSTOMERS_WRITE,
    Scope.TIERS_WRITE,
    Scope.ARTICLES_WRITE,
    Scope.ARTICLES_PUBLISH,
    Scope.TEMPLATES_WRITE,
    Scope.RATINGS_READ,
    Scope.REPORTS_READ,
    Scope.AGENTS_WRITE,
    Scope.SEGMENTS_READ,
    Scope.PLAYS_WRITE,
    Scope.PLAYS_APPROVE,
    Scope.QUARANTINE_READ,
    Scope.QUARANTINE_WRITE,
    Scope.MAIL_UNLOCK,
    Scope.AUDIT_READ,
    Scope.STAFF_READ,
    Scope.RULES_READ,
}


class Role(Enum):
    """Who usually does what: the scopes a key gets when it is made."""

    AGENT = "agent"
    LEAD = "lead"
    ANALYST = "analyst"
    ADMIN = "admin"

    @property
    def scopes(self) -> frozenset[Scope]:
        return _SCOPES_OF[self]


_SCOPES_OF = {
    Role.AGENT: _AGENT,
    Role.LEAD: _LEAD,
    # Ids and figures, and what customers say we should have done: whoever mends processes reads it, and not the agent's
    # lead alone. What else she might want (tiers, cases) comes with who somebody is or what she said.
    Role.ANALYST: frozenset(
        {
            Scope.SEGMENTS_READ,
            Scope.TASKS_READ,
            Scope.PLAYS_READ,
            Scope.ARTICLES_READ,
            Scope.RATINGS_READ,
            Scope.RECOVERIES_READ,
            Scope.REPORTS_READ,
        }
    ),
    Role.ADMIN: GRANTABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who calls: a machine, somebody of the staff, or a customer. `key_id` is what she showed, a key or a session.
    `team`: whose customers she may know of besides those who are everybody's; empty: all."""

    key_id: str
    name: str
    scopes: frozenset[str]
    team: str = ""
    staff_id: str = ""  # empty: not of the staff
    customer_id: str = ""  # empty: no customer
    per_minute: int = 0  # calls a machine may make; 0: as many as it likes

    @property
    def caller(self) -> str:
        """Whom receipts and cursors are of: it outlives a session, and a key: one made later under the same name is the
        same caller."""
        if self.staff_id:
            return f"staff:{self.staff_id}"
        return f"customer:{self.customer_id}" if self.customer_id else self.name

    @property
    def person_id(self) -> str:
        """Who must not approve what she prepared: a member of staff is one with whatever session, a key is one by its
        id, whatever it is called."""
        return f"staff:{self.staff_id}" if self.staff_id else f"key:{self.key_id}"

    def demand(self, scope: Scope) -> None:
        """Raises Forbidden when this caller may not."""
        if scope.value not in self.scopes:
            raise Forbidden(f"This needs the scope {scope.value}, which the caller does not have.")


def known(scopes: Iterable[str]) -> tuple[str, ...]:
    """The scopes, checked and in one order. Raises ValueError naming the first that does not exist, or that only
    sessions have."""
    found = {Scope(name) for name in scopes}
    if of_sessions := sorted(scope.value for scope in found & OF_SESSIONS):
        raise ValueError(f"{of_sessions[0]} comes with signing in; no key has it")
    return tuple(sorted(scope.value for scope in found))
