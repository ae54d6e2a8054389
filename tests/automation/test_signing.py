"""Signatures, held against the vector of the Standard Webhooks specification's own libraries."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.automation import signing
from chalicelib.kernel.errors import Permanent
from chalicelib.kernel.signing import Keys
from chalicelib.model.webhook import Secret
from tests.automation.things import KEYS, make_webhook
from tests.factories import NOON

# libraries/python/tests/test_webhooks.py of github.com/standard-webhooks/standard-webhooks
ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", datetime.fromtimestamp(1614265330, UTC), b'{"test": 2432232314}'
SECRET = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_request_is_signed_as_the_specifications_libraries_sign_it() -> None:
    told = signing.headers(ID, AT, BODY, [SECRET])

    assert (told["webhook-id"], told["webhook-timestamp"]) == (ID, "1614265330")
    assert told["webhook-signature"] == SIGNATURE


def test_while_two_secrets_are_valid_both_sign() -> None:
    told = signing.headers(ID, AT, BODY, [b"another secret", SECRET])["webhook-signature"].split(" ")

    assert len(told) == 2 and told[1] == SIGNATURE


def test_a_secret_is_shown_as_libraries_take_it() -> None:
    shown = signing.shown("W", Secret(number=1, key_id="a"), KEYS)

    assert shown.startswith("whsec_")
    assert len(base64.b64decode(shown.removeprefix("whsec_"))) == 32


def test_no_two_webhooks_and_no_two_secrets_of_one_are_alike() -> None:
    ones = {signing.secret_of(webhook, Secret(number=n, key_id="a"), KEYS) for webhook in "VW" for n in (1, 2)}

    assert len(ones) == 4


def test_a_secret_outlives_the_turning_over_of_the_stages_keys() -> None:
    turned = Keys("b", {**KEYS.keys, "b": b"2" * 32})
    secret = Secret(number=1, key_id="a")

    assert signing.secret_of("W", secret, turned) == signing.secret_of("W", secret, KEYS)


def test_without_the_key_it_was_made_with_a_secret_has_to_be_rotated() -> None:
    with pytest.raises(Permanent, match="rotate this webhook's secret"):
        signing.secret_of("W", Secret(number=1, key_id="z"), KEYS)


def test_a_rotated_secret_signs_for_another_day_and_then_no_more() -> None:
    rotated = make_webhook(secrets=signing.rotated(make_webhook().secrets, KEYS, NOON))

    assert [one.number for one in signing.valid(rotated, NOON + timedelta(hours=23))] == [2, 1]
    assert [one.number for one in signing.valid(rotated, NOON + timedelta(hours=24))] == [2]


def test_who_rotates_twice_has_two_secrets_still() -> None:
    once = signing.rotated(make_webhook().secrets, KEYS, NOON)

    assert [one.number for one in signing.rotated(once, KEYS, NOON)] == [3, 2]
