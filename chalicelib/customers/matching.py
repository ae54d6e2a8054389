"""Who may be the same person? Candidates with reasons, for people to judge; nothing is merged by resemblance.

Nobody is searched for: a candidate is found by a handle that follows from what is known of the customer. What only
the other side would tell is found when one asks there.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from chalicelib.customers import identity
from chalicelib.kernel.errors import Invalid
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer, Handle

GMAIL = ("gmail.com", "googlemail.com")
PUBLIC = frozenset(
    (
        *GMAIL, "aol.com", "gmx.de", "gmx.net", "hotmail.com", "icloud.com", "live.com", "mail.ru", "me.com", "msn.com",
        "outlook.com", "proton.me", "protonmail.com", "qq.com", "163.com", "126.com", "t-online.de", "web.de",
        "yahoo.com", "yandex.ru",
    )
)  # fmt: skip
MOST_DOTS = 12  # places for a dot that are tried in a mailbox of Gmail's
MOST_CLUES = 200  # looked up at once
TRAITS = ("phone", "external")  # traits that may be somebody's handle


@dataclass(frozen=True, slots=True)
class Comparison:
    """A customer, one who may be the same, and the customer's open cases."""

    customer: Customer
    candidate: Customer
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Match:
    customer: Customer
    reasons: tuple[str, ...]
    strong: bool


def writes_in_her_case(pair: Comparison) -> bool:
    theirs = set(pair.candidate.handles_of("email"))
    return any(
        p.address in theirs and not p.confirmed and p.revoked_at is None for c in pair.cases for p in c.participants
    )


def same_external_id(pair: Comparison) -> bool:
    """One's own id of hers is a trait of the other's."""
    return _trait_is_handle(pair, "external")


def same_phone(pair: Comparison) -> bool:
    """A number that is a trait of one is a handle of the other."""
    return _trait_is_handle(pair, "phone")


def same_mailbox(pair: Comparison) -> bool:
    """Addresses that differ by a tag, or at Gmail by dots, reach one mailbox."""
    ours, theirs = ({_mailbox(address) for address in c.handles_of("email")} for c in (pair.customer, pair.candidate))
    return bool(ours & theirs)


def same_name_and_domain(pair: Comparison) -> bool:
    """One name at one company; at a public provider that says nothing."""
    name = pair.customer.name.casefold().split()
    if not name or name != pair.candidate.name.casefold().split():
        return False
    ours, theirs = ({_domain(address) for address in c.handles_of("email")} for c in (pair.customer, pair.candidate))
    return bool((ours & theirs) - PUBLIC)


STRONG: tuple[Callable[[Comparison], bool], ...] = (writes_in_her_case, same_external_id, same_phone, same_mailbox)
REASONS: tuple[Callable[[Comparison], bool], ...] = (*STRONG, same_name_and_domain)  # the strongest first


def clues(customer: Customer, cases: Iterable[Case]) -> list[Handle]:
    """The handles somebody would have who may be the same person, none of them hers."""
    found = [*_written_from(cases), *_told_in_traits(customer), *_variants(customer), *_usual_addresses(customer)]
    return [handle for handle in dict.fromkeys(found) if handle not in customer.handles][:MOST_CLUES]


def matches(customer: Customer, candidates: Iterable[Customer], cases: Iterable[Case]) -> list[Match]:
    """Those for whom there is a reason, whoever has most of the strongest first."""
    others = {candidate.id: candidate for candidate in candidates if candidate.id not in customer.ids}
    found, hers = [], tuple(cases)
    for candidate in others.values():
        pair = Comparison(customer, candidate, hers)
        if given := [reason for reason in REASONS if reason(pair)]:
            strong = any(reason in STRONG for reason in given)
            found.append(Match(candidate, tuple(reason.__name__ for reason in given), strong))
    return sorted(found, key=lambda match: (not match.strong, -len(match.reasons), match.customer.id))


def _written_from(cases: Iterable[Case]) -> Iterator[Handle]:
    for case in cases:
        yield from (Handle("email", p.address) for p in case.participants if p.revoked_at is None)


def _told_in_traits(customer: Customer) -> Iterator[Handle]:
    for kind in TRAITS:
        if handle := _handle(kind, customer.traits.get(kind, "")):
            yield handle


def _variants(customer: Customer) -> Iterator[Handle]:
    """The mailbox itself; at Gmail also under its other domain, and with one dot."""
    for address in customer.handles_of("email"):
        mailbox = _mailbox(address)
        yield Handle("email", mailbox)
        local, _, domain = mailbox.partition("@")
        if domain in GMAIL:
            spelled = [local, *(f"{local[:n]}.{local[n:]}" for n in range(1, min(len(local), MOST_DOTS + 1)))]
            yield from (Handle("email", f"{name}@{host}") for name in spelled for host in GMAIL)


def _usual_addresses(customer: Customer) -> Iterator[Handle]:
    """How a company would name her mailbox."""
    names = customer.name.casefold().split()
    if len(names) < 2:
        return
    first, last = names[0], names[-1]
    for domain in sorted({_domain(address) for address in customer.handles_of("email")} - PUBLIC):
        for local in (f"{first}.{last}", f"{first[0]}.{last}", f"{first[0]}{last}", f"{first}{last}", first, last):
            if handle := _handle("email", f"{local}@{domain}"):
                yield handle


def _trait_is_handle(pair: Comparison, kind: str) -> bool:
    ways = ((pair.customer, pair.candidate), (pair.candidate, pair.customer))
    return any(_handle(kind, one.traits.get(kind, "")) in other.handles for one, other in ways)


def _handle(kind: str, value: str) -> Handle | None:
    try:
        return identity.handle(kind, value)
    except Invalid:
        return None


def _mailbox(address: str) -> str:
    """Where mail to this address ends up: without its tag, at Gmail without dots and under one domain."""
    local, _, domain = address.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in GMAIL:
        return f"{local.replace('.', '') or local}@{GMAIL[0]}"
    return f"{local}@{domain}"


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
