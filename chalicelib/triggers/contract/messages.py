"""What waits for a customer in the app or the chat."""

from typing import Annotated, Literal

from msgspec import Meta

from chalicelib.triggers.contract.shared import ONE_LINE, Examples, Input


class MessagesQuery(Input, frozen=True, kw_only=True):
    channel: Annotated[Literal["app", "chat"], Meta(description="Where they are shown.")] = "app"


class MessageSaidIn(Input, frozen=True, kw_only=True):
    """What she did with a message. What she has to say beyond a button is a request: hand that in as one."""

    what: Annotated[Literal["opened", "answered"], Meta(description="answered: it waits for her no more.")]
    said: Annotated[str, Meta(max_length=200, description="The button she chose, or a few words."), ONE_LINE] = ""


EXAMPLES: Examples = {
    MessageSaidIn: [{"what": "answered", "said": "Call me back"}, {"what": "opened"}],
}
