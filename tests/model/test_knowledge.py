"""The settings of the knowledge base, and what is said of those that cannot be."""

import pytest

from chalicelib.kernel.errors import Permanent
from chalicelib.model.knowledge import KnowledgePolicy, read_knowledge


def test_what_is_not_named_keeps_its_default() -> None:
    assert read_knowledge("") == KnowledgePolicy()
    assert read_knowledge('{"hold_out": 0.1}') == KnowledgePolicy(hold_out=0.1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"served_after_days": 0}', "a whole number from 1 to 30"),
        ('{"served_after_days": 2.5}', "a whole number from 1 to 30"),
        ('{"hold_out": 0.6}', "a number from 0 to 0.5"),
        ('{"answer_cost": -1}', "a whole number from 0"),
        ('{"review": 1}', "true or false"),
        ('{"reviews": true}', "there is no reviews; there are review"),
        ("[", "cannot be read"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(text: str, said: str) -> None:
    with pytest.raises(Permanent, match=said):
        read_knowledge(text)
