"""A person signs in at an application with their city account."""

from __future__ import annotations

import pytest

from tests.identity import relying
from tests.identity.relying import claims_of, entered, tokens

pytestmark = pytest.mark.django_db


def test_a_person_signs_in_agrees_and_the_application_knows_what_was_agreed() -> None:
    client, browser = entered(), relying.signed_in()
    answer = tokens(browser, client)
    told = claims_of(answer["id_token"])
    assert (told["iss"], told["aud"], told["nonce"]) == (relying.ISSUER, client.client.id, "n-1")
    assert told["acr"] == "urn:pengcheng:acr:low"
    assert told["amr"] == ["pwd"]
    person = relying.person_at(answer["access_token"]).json()
    assert person == {"sub": told["sub"], "name": "陈晓明（虚构）"}
