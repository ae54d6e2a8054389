"""What is particular to a stage: its file `liana.<stage>.toml`, or the local cloud's built-in company."""

import json
import re
import tomllib
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path
from typing import Any

from chalicelib.auth.permissions import Role
from chalicelib.automation.rules import fit, read_rules
from chalicelib.configuration import read_contact_costs, read_map, read_mood, read_promises
from chalicelib.kernel import clock
from chalicelib.kernel.errors import Permanent
from chalicelib.model.case_field import read_case_fields
from chalicelib.model.knowledge import read_knowledge
from chalicelib.model.outreach import read_outreach
from chalicelib.model.rating import read_ratings
from chalicelib.model.recovery import read_recovery
from chalicelib.model.retention import read_retention
from chalicelib.model.urgency import read_urgency
from infra import public_holidays
from infra.trouble import Trouble

REPOSITORY = Path(__file__).resolve().parent.parent
_SIGN_IN = ("method", "issuer", "client_id", "domains")
_NAMES = ("staff", "notify")
_TABLES = (
    "tiers",
    "calendar",
    "contact_costs",
    "urgency",
    "recovery",
    "ratings",
    "touchpoints",
    "sign_in",
    "knowledge",
    "outreach",
)
_LISTS = ("rules", "case_fields")
_KINDS = {
    **dict.fromkeys(_NAMES, "list or a text"),
    **dict.fromkeys(_LISTS, "list of tables"),
    **dict.fromkeys(_TABLES, "table"),
}
_LONGEST = {
    "tiers": 2000,
    "calendar": 1000,
    "urgency": 300,
    "recovery": 150,
    "ratings": 150,
    "knowledge": 300,
    "outreach": 500,
    "touchpoints": 1500,
    "case_fields": 1000,
}  # a function's environment has 4 KB in all
# Names, addresses of queues and ids take some 1,900 bytes of it: seven queue URLs of 90, fifty names of 14.
_LONGEST_TOGETHER = 2100
_ADDRESS = re.compile(r"[^@\s,]+@[^@\s,]+\.[^@\s,]+")
_STAFF = re.compile(r"[^@\s,]*@[^@\s,]+\.[^@\s,]+")


@dataclass(frozen=True)
class Stage:
    """A stage's settings; every field but the name is a key of its file (see liana.example.toml)."""

    name: str
    sender_address: str
    inbound_domain: str
    company_name: str
    region: str = ""
    base_url: str = ""
    default_timezone: str = "UTC"
    default_currency: str = "USD"
    tiers: str = ""  # JSON; the file gives tables
    calendar: str = ""  # likewise; of a country it gives, the functions are told the days
    contact_costs: str = ""  # likewise
    urgency: str = ""  # likewise
    recovery: str = ""  # likewise
    ratings: str = ""  # likewise
    knowledge: str = ""  # likewise
    outreach: str = ""  # likewise
    mood: str = "own"
    sms: str = "off"  # whence texts are sent
    touchpoints: str = ""  # likewise
    case_fields: str = ""  # likewise
    delay_mail: str = "on"
    notify: str = ""  # addresses that hear of promises, by commas; the file may give a list
    staff: str = ""  # addresses and @domains, by commas; the file may give a list
    sign_in: str = ""  # JSON: how staff sign in; the file gives a table
    event_bus: str = ""  # EventBridge bus facts come by; empty: the stage's own
    events: str = "off"  # whether the bus is told what happens
    rules: str = ""  # JSON; the file gives tables
    alarm_topic: str = ""
    log_retention_days: int = 90
    retention: str = ""  # days by kind of data
    raw_mail_days: int = 400  # at most: the table remembers for 400 days what was taken in

    @property
    def stack_name(self) -> str:
        return f"liana-{self.name}"

    @property
    def keys_parameter(self) -> str:
        return f"/liana/{self.name}/keys"

    def parameters(self) -> dict[str, str]:
        """The template's parameters that follow from the stage alone."""
        return {
            "Stage": self.name,
            "SenderAddress": self.sender_address,
            "InboundDomain": self.inbound_domain,
            "CompanyName": self.company_name,
            "BaseUrl": self.base_url.rstrip("/"),
            "KeysParameter": self.keys_parameter,
            "AlarmTopic": self.alarm_topic,
            "EventBusName": self.event_bus,
            "Events": self.events,
            "DefaultTimezone": self.default_timezone,
            "DefaultCurrency": self.default_currency,
            "Tiers": self.tiers,
            "Calendar": self.calendar,
            "DelayMail": self.delay_mail,
            "ContactCosts": self.contact_costs,
            "Urgency": self.urgency,
            "Recovery": self.recovery,
            "Ratings": self.ratings,
            "Knowledge": self.knowledge,
            "Outreach": self.outreach,
            "Mood": self.mood,
            "Sms": self.sms,
            "Touchpoints": self.touchpoints,
            "CaseFields": self.case_fields,
            "Staff": self.staff,
            **self._signing_in(),
            "Notify": self.notify,
            "LogRetentionDays": str(self.log_retention_days),
            "RawMailDays": str(self.raw_mail_days),
            "Retention": self.retention,
            "InteractionDays": str(read_retention(self.retention).interaction),
        }

    def _signing_in(self) -> dict[str, str]:
        told = json.loads(self.sign_in or "{}")
        domains = told.get("domains", {})
        return {
            "SignIn": told.get("method", "code"),
            "OidcIssuer": told.get("issuer", ""),
            "OidcClientId": told.get("client_id", ""),
            "OidcDomains": ",".join(f"{domain}={role}" for domain, role in domains.items()),
        }


def local_stage(name: str = "dev") -> Stage:
    """The make-believe company served by the local cloud; `.example` names can never reach anybody."""
    return Stage(name, "support@liana.example", "liana.example", "Liana Outdoor")


def load_stage(name: str, folder: Path = REPOSITORY) -> Stage:
    """Reads and checks the stage's file."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,19}", name):
        raise Trouble(f"stage {name!r}: use up to 20 small letters, digits and hyphens, a letter first")
    path = folder / f"liana.{name}.toml"
    required = [f.name for f in fields(Stage) if f.name != "name" and f.default is MISSING]
    try:
        settings = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        lines = "; ".join(f'{key} = "…"' for key in required)
        raise Trouble(f"{path.name} is missing: write in it {lines} (liana.example.toml explains each)") from None
    except tomllib.TOMLDecodeError as error:
        raise Trouble(f"{path.name}: {error}") from error
    return _checked(name, path.name, settings, required)


def _checked(name: str, file: str, settings: dict[str, object], required: list[str]) -> Stage:
    kinds = {f.name: f.type for f in fields(Stage) if f.name != "name"}
    if unknown := sorted(settings.keys() - kinds.keys()):
        raise Trouble(f"{file}: unknown {', '.join(unknown)}; it may say {', '.join(kinds)}")
    if missing := [key for key in required if not settings.get(key)]:
        raise Trouble(f"{file}: {', '.join(missing)} must be given")
    try:
        settings = {key: _as_text(key, value) for key, value in settings.items()}
    except Trouble as error:
        raise Trouble(f"{file}: {error}") from error
    for key, value in settings.items():
        if type(value) is not kinds[key]:
            raise Trouble(f"{file}: {key} must be a {_KINDS.get(key) or ('number' if kinds[key] is int else 'text')}")
    stage = Stage(name, **settings)  # type: ignore[arg-type]  # checked just above
    if "@" not in stage.sender_address:
        raise Trouble(f"{file}: sender_address must be a mail address")
    _check_policy(stage, file)
    staff = _entries(stage.staff, _STAFF, f"{file}: staff", "name addresses (ann@example.com) or @domains")
    notify = _entries(stage.notify, _ADDRESS, f"{file}: notify", "name addresses (ann@example.com)")
    if not 1 <= stage.raw_mail_days <= 400:
        raise Trouble(f"{file}: raw_mail_days is 1 to 400: the table remembers that long what was taken in")
    _check_retention(stage, file)
    _check_sign_in(stage, file)
    return replace(stage, staff=",".join(staff), notify=",".join(notify))


def _entries(text: str, form: re.Pattern[str], at: str, advice: str) -> list[str]:
    entries = [entry.strip() for entry in text.split(",")] if text.strip() else []
    if wrong := [entry for entry in entries if not form.fullmatch(entry)]:
        raise Trouble(f"{at} {', '.join(map(repr, wrong))}: {advice}")
    return entries


def _check_sign_in(stage: Stage, file: str) -> None:
    told = json.loads(stage.sign_in or "{}")
    roles = [role.value for role in Role]
    wrong = {
        f"it may say {', '.join(_SIGN_IN)}": bool(told.keys() - set(_SIGN_IN)),
        'method is "code", "oidc" or "cognito"': told.get("method", "code") not in ("code", "oidc", "cognito"),
        "issuer (https) and client_id must be given": told.get("method") == "oidc"
        and not (str(told.get("issuer", "")).startswith("https://") and told.get("client_id")),
        "cognito needs base_url: the address it sends people back to": told.get("method") == "cognito"
        and not stage.base_url,
        f"domains give each domain a role, one of {', '.join(roles)}": not isinstance(told.get("domains", {}), dict)
        or any(role not in roles for role in dict(told.get("domains", {})).values()),
    }
    if said := next((what for what, is_so in wrong.items() if is_so), None):
        raise Trouble(f"{file}: sign_in: {said}")


def _check_retention(stage: Stage, file: str) -> None:
    try:
        kept = read_retention(stage.retention)
    except Permanent as error:
        raise Trouble(f"{file}: {error.detail}") from error
    if 0 < kept.message < stage.raw_mail_days:  # never longer than contacts; both lead to originals
        raise Trouble(
            f"{file}: raw_mail_days = {stage.raw_mail_days} would outlive the contacts or their Message-IDs, which"
            f" retention keeps for {kept.message}: make it that or less"
        )


def _as_text(key: str, value: object) -> object:
    """Lists and tables as functions are told of them."""
    if key in _NAMES and isinstance(value, list):
        return ",".join(map(str, value))
    if key == "calendar" and isinstance(value, dict):
        value = _with_holidays(value)
    if (key in _TABLES and isinstance(value, dict)) or (key in _LISTS and isinstance(value, list)):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)
    return value


def _with_holidays(calendar: dict[str, Any]) -> dict[str, Any]:
    """The calendar and those of its channels with days in place of a country's name."""
    told = dict(calendar)
    if isinstance(place := told.get("holidays"), str):
        year = clock.now().year
        told["holidays"] = public_holidays.days_of(place, range(year, year + public_holidays.YEARS))
    if isinstance(channels := told.get("channels"), dict):
        told["channels"] = {
            name: _with_holidays(own) if isinstance(own, dict) else own for name, own in channels.items()
        }
    return told


def _check_policy(stage: Stage, file: str) -> None:
    try:
        tiers, _ = read_promises(stage.tiers, stage.calendar, stage.default_timezone)
        read_urgency(stage.urgency, tiers.bands.tiers)
        read_recovery(stage.recovery)
        read_ratings(stage.ratings)
        read_knowledge(stage.knowledge)
        read_outreach(stage.outreach, tiers.bands.tiers)
        read_mood(stage.mood)
        read_contact_costs(stage.contact_costs)
        places = read_map(stage.touchpoints, tiers, stage.default_timezone)
        fields = read_case_fields(stage.case_fields)
        fit(read_rules(stage.rules), tiers.bands.tiers, places.queues, [field.name for field in fields])
    except Permanent as error:
        raise Trouble(f"{file}: {error.detail}") from error
    for key, longest in _LONGEST.items():
        if (size := len(getattr(stage, key).encode())) > longest:
            raise Trouble(f"{file}: {key} takes {size} bytes of JSON; functions can be told {longest}")
    told = (*_LONGEST, "contact_costs", "retention", *_NAMES)
    if (size := sum(len(getattr(stage, key).encode()) for key in told)) > _LONGEST_TOGETHER:
        together = f"{', '.join(told)} take {size} bytes together"
        raise Trouble(f"{file}: {together}; functions can be told {_LONGEST_TOGETHER}")
    for key in ("delay_mail", "events"):
        if getattr(stage, key) not in ("on", "off"):
            raise Trouble(f'{file}: {key} is "on" or "off"')
