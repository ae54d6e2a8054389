"""Whatever is asked, told, repeated, merged and undone, in whatever order: each request is counted once."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.kernel.decision import Tally
from chalicelib.knowledge import deflection
from chalicelib.model.customer import Customer
from chalicelib.model.deflection import Visitor
from chalicelib.model.question import AskedThrough, Question
from chalicelib.model.tally import words_of
from tests.factories import NOON, make_case, make_customer, make_policy

POLICY = make_policy()
TEXTS = ("send the tent back", "stove will not light", "invoice address", "tent", "")
Step = tuple[str, int, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "ask",
                "letter",
                "turn",
                "again",
                "solved",
                "unsolved",
                "needed",
                "topic",
                "visit",
                "come",
                "merge",
                "part",
            )
        ),
        st.integers(0, 20),  # days
        st.integers(0, len(TEXTS) - 1),
        st.integers(0, 5),  # which question or case
    ),
    max_size=25,
)


class World:
    """A customer, a visitor who is she, another record that may be hers, and all sums."""

    def __init__(self) -> None:
        self.her = make_customer()
        self.other = make_customer(id="other")
        self.visitor = Visitor(id="v", seen_at=NOON, version=1)
        self.merged: tuple[Customer, Customer] | None = None
        self.sums: Counter[tuple[str, ...]] = Counter()
        self.contacts: set[str] = set()
        self.came = 0

    def take(self, step: Step) -> None:
        what, days, text, which = step
        at = NOON + timedelta(days=days)
        match what:
            case "ask" | "letter" | "visit":
                question = Question(
                    id=f"question {what} {which} {text}" + (f" {self.came}" if what == "visit" else ""),
                    asked_at=at,
                    text=TEXTS[text],
                    through=AskedThrough.LETTER if what == "letter" else AskedThrough.HELP_CENTRE,
                    topic="returns" if text == 0 else "",
                    shown=("a",) if which % 2 else (),
                    answered=bool(which % 2),
                    case_id=f"case {which}" if what == "letter" else "",
                )
                self.commit(deflection.asked(self.visitor if what == "visit" else self.her, question, POLICY))
            case "turn" | "again":
                case_id = f"case {which}"
                told = deflection.Turned(
                    at=at, case_id=case_id, channel="email", text=TEXTS[text], opened=case_id not in self.contacts
                )
                self.contacts.add(case_id)
                self.commit(deflection.turned(self.her, told, POLICY).changes(self.her))
            case "solved" | "unsolved" | "needed":
                name = f"question ask {which} {text}"
                said = {
                    "solved": lambda: deflection.said_solved(self.her, name, make_case(id=f"case {which}"), at, POLICY),
                    "unsolved": lambda: deflection.said_unsolved(self.her, name, at, POLICY),
                    "needed": lambda: deflection.said_needed(self.her, name, f"case {which}", "web", at, POLICY),
                }[what]()
                self.commit(said.changes(self.her))
            case "topic":
                case = make_case(id=f"case {which}", topic=TEXTS[text])
                self.commit(deflection.retopiced(self.her, case, at, POLICY).changes(self.her))
            case "come":
                self.commit(deflection.came_as(self.her, self.visitor, POLICY))
                self.visitor = Visitor(id="v", seen_at=NOON, version=1)
                self.came += 1
            case "merge" if not self.merged:
                self.merged = self.her, self.other
                self.her = replace(self.her, questions=deflection.of_both(self.her.questions, self.other.questions))
            case "part" if self.merged:
                hers = deflection.of_one(self.her.questions, self.merged[1].questions)
                self.other = replace(self.other, questions=hers)
                self.her = replace(self.her, questions=tuple(q for q in self.her.questions if q not in hers))
                self.merged = None

    def commit(self, changes: tuple[object, ...]) -> None:
        for change in changes:
            match change:
                case Tally(amounts=amounts):
                    self.sums.update({words_of(name): amount for name, amount in amounts.items()})
                case Customer():
                    self.her = change
                case Visitor():
                    self.visitor = change


@given(STEPS)
@settings(max_examples=150, deadline=None)
def test_every_request_is_in_one_cell_and_no_cell_below_zero(steps: list[Step]) -> None:
    world = World()
    for step in steps:
        world.take(step)

    assert all(amount >= 0 for amount in world.sums.values())
    persons = sum(amount for cell, amount in world.sums.items() if cell[1] == "person")
    assert 0 <= persons <= sum(world.sums.values())
    open_ones = Counter(one.id for one in (*world.her.questions, *world.visitor.questions))
    assert all(times == 1 for times in open_ones.values())
    assert sum(open_ones.values()) <= sum(world.sums.values())


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_everything_done_twice_counts_as_done_once(steps: list[Step]) -> None:
    once, twice = World(), World()
    for step in steps:
        if step[0] not in ("merge", "part", "come"):
            once.take(step)
            twice.take(step)
            twice.take(step)

    assert +once.sums == +twice.sums
