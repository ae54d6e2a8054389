"""What becomes of a mail that is read again: after an upgrade of the parser, or because it should not have been
put aside?

Nothing is doubled: the receipt says what became of it, ids follow from the receipt's key and moment, and every
change is conditional. What was decided about a contact stays decided; only what was read in it is new.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.cases import intake, promises
from chalicelib.cases.intake import Intake
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict
from chalicelib.model.arrival import Arrival
from chalicelib.model.case import Case
from chalicelib.model.interaction import Interaction, Purpose, Receipt
from chalicelib.model.known import IntakeFacts
from chalicelib.model.policy import Policy
from chalicelib.model.trust import Trust

LET_IN_LATE = "taken in late"
_READ = ("subject", "preview", "body_key", "language", "warnings", "attachments")


def replay(
    arrival: Arrival,
    facts: IntakeFacts,
    receipt: Receipt | None,
    interaction: Interaction | None,
    policy: Policy,
    now: datetime,
    *,
    judged: bool = True,
) -> Intake:
    """A mail nobody took in is taken in; one that was quarantined is judged anew; a contact is read again.

    `judged`: the stored mail tells SES's verdicts. If it does not, what was thought of it then still holds.
    """
    if receipt is None:
        return intake.take_in(arrival, facts, policy, now)
    if interaction is None or interaction.released_to or interaction.purpose is Purpose.SIDE:
        return _as_it_was(receipt, "nothing to read again")
    arrival = replace(arrival, at=receipt.at)
    if not judged:
        arrival = replace(arrival, trust=Trust(interaction.trust))
    if not interaction.quarantined or intake.quarantined(arrival, facts):
        return _read_again(arrival, receipt, interaction)
    return _admitted(arrival, facts, receipt, interaction, policy, now)


def release(
    arrival: Arrival,
    facts: IntakeFacts,
    receipt: Receipt,
    interaction: Interaction,
    policy: Policy,
    now: datetime,
    *,
    by: str,
    reason: str,
) -> Intake:
    """Somebody looked at a quarantined mail and says that it is a contact. Its sender stays unproven.

    Raises Conflict for what nobody may let in.
    """
    if interaction.released_to:
        return _as_it_was(receipt, "released before")
    if Trust.BLOCKED in (arrival.trust, Trust(interaction.trust)):
        raise Conflict("it carries a virus and stays where it is")
    if arrival.sender is None:
        raise Conflict("nobody is named as its sender; log the contact for the customer you know it is from")
    vouched = replace(
        arrival,
        at=receipt.at,
        trust=Trust.UNVERIFIED,
        trust_alone=Trust.UNVERIFIED,
        aside="",
    )
    told = f"released from quarantine by {by}: {reason}"
    return _admitted(vouched, facts, receipt, interaction, policy, now, told)


def _as_it_was(receipt: Receipt, reason: str) -> Intake:
    return Intake(Decision(reason=reason), receipt, duplicate=True)


def _read_again(arrival: Arrival, receipt: Receipt, interaction: Interaction) -> Intake:
    read = intake.interaction_of(arrival, interaction.tier)
    attachments = read.attachments
    if interaction.quarantined:
        read = replace(read, body_key="", attachments=tuple(replace(file, key="") for file in attachments))
    again = replace(interaction, **{name: getattr(read, name) for name in _READ})
    if again.attachments != interaction.attachments:
        again = replace(again, locked=read.locked)  # whoever unlocked them had not seen these
    if again == interaction:
        return _as_it_was(receipt, "reads the same")
    return Intake(Decision((again,), reason="read again"), receipt)


def _admitted(
    arrival: Arrival,
    facts: IntakeFacts,
    receipt: Receipt,
    aside: Interaction,
    policy: Policy,
    now: datetime,
    flag: str = "",
) -> Intake:
    """Filed after all: the receipt points to the contact now, and so does what was put aside.

    It is late: an acknowledgement would be odd by now, and what is promised runs from now on.
    """
    taken = intake.admit(replace(arrival, unanswerable=arrival.unanswerable or LET_IN_LATE), facts, policy, now)
    filed = replace(taken.receipt, version=receipt.version)
    moved = replace(aside, released_to=taken.receipt.case_id)
    changes = tuple(
        _promised(change, arrival, policy, now) if isinstance(change, Case) else _with(change, filed, aside.id, flag)
        for change in taken.decision.changes
    )
    decision = replace(taken.decision, changes=(*changes, moved))
    return replace(taken, decision=decision, receipt=filed)


def _with(change: object, filed: Receipt, contact_id: str, flag: str) -> object:
    if isinstance(change, Receipt):
        return filed
    if flag and isinstance(change, Interaction) and change.id == contact_id:
        return replace(change, flags=(*change.flags, flag))
    return change


def _promised(case: Case, arrival: Arrival, policy: Policy, now: datetime) -> Case:
    if case.promise is None or case.promise.made_at != arrival.at:
        return case
    return promises.moved(case, policy.tiers.named(case.tier), arrival.channel, now, policy, LET_IN_LATE)
