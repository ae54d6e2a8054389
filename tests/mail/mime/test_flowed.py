import pytest

from chalicelib.mail.mime.flowed import joined
from chalicelib.mail.parse import parse_mail
from tests.mail.letters import letter


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("a paragraph \nover two lines\nand another", "a paragraph over two lines\nand another"),
        ("> quoted \n> words\nmine", "> quoted words\nmine"),
        (">> deeper \n> not so deep", ">> deeper\n> not so deep"),
        ("one \n\ntwo", "one\n\ntwo"),
        ("bye \n-- \nAnn \nLee", "bye\n-- \nAnn Lee"),
        (" From here\n > not a quote", "From here\n> not a quote"),
        ("ends open ", "ends open"),
        (">\n> \n>x", ">\n>\n> x"),
    ],
)
def test_paragraphs_are_joined_within_their_quote(sent: str, read: str) -> None:
    assert joined(sent) == read


def test_a_space_that_belongs_to_the_break_goes_with_it() -> None:
    assert joined("你好， \n世界", delete_space=True) == "你好，世界"


def test_only_flowed_text_is_joined() -> None:
    fixed = parse_mail(letter("a \nb", Content_Type="text/plain"))
    flowed = parse_mail(letter("a \nb", Content_Type="text/plain; Format=Flowed; DelSp=Yes"))

    assert (fixed.text, flowed.text) == ("a \nb", "ab")
