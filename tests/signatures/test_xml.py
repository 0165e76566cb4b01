"""Data messages as XML: signed whole, with a time; changed, wrapped or foreign ones are told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pengcheng.domains.signatures import api
from pengcheng.domains.signatures.contracts import Unreadable
from pengcheng.kernel import audit, clock
from pengcheng.kernel.context import system_context
from pengcheng.kernel.problems import Denied
from pengcheng.kit.seals import authority, xades
from tests.signatures.scenes import ANYBODY, bad, detail, looked

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
MESSAGE = "<message><holder>陈晓明（虚构）</holder></message>".encode()


def test_a_signed_message_holds_with_a_proved_time(home):
    found = looked(xades.sign(MESSAGE))
    assert (found.kind, found.verdict) == ("xml", "holds")
    assert found.signed[0].proved_at is not None


def test_a_changed_word_breaks_it(home):
    changed = xades.sign(MESSAGE).replace("陈".encode(), "刘".encode())
    assert "intact" in bad(looked(changed).signed[0])


def test_a_message_wrapped_into_another_is_not_good(home):
    inner = xades.sign(MESSAGE).split(b"?>", 1)[1]
    wrapped = b"<message><holder>x</holder>" + inner + b"</message>"
    assert looked(wrapped).verdict == "broken"


def test_a_time_stamp_of_another_message_does_not_fit(home):
    one, two = xades.sign(MESSAGE), xades.sign(b"<other/>")
    mark, end = b"EncapsulatedTimeStamp>", b"</xades:EncapsulatedTimeStamp>"
    token = two.split(mark)[1].split(b"<")[0]
    mixed = one.split(mark)[0] + mark + token + end + one.split(end)[1]
    assert bad(looked(mixed).signed[0]) == ["time"]


def test_another_citys_message_is_whole_and_not_known(home, settings, tmp_path):
    message = xades.sign(MESSAGE)
    settings.PENGCHENG_HOME = tmp_path / "elsewhere"
    assert bad(looked(message).signed[0]) == ["trusted"]
    assert detail(looked(message).signed[0], "time") == "unknown"


def test_distrust_takes_it_back_and_time_does_not(home):
    message = xades.sign(MESSAGE)
    with clock.frozen(clock.now() + authority.LIFE - timedelta(days=10)):
        assert looked(message).verdict == "holds"
    xades.keys().rotate(distrust=True)
    assert bad(looked(message).signed[0]) == ["revoked"]


def test_xml_without_a_signature_says_so():
    assert looked(MESSAGE).verdict == "unsigned"


BOMB = b"<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><x>&b;</x>"
OUTSIDE = b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>"


@pytest.mark.parametrize("content", [BOMB, OUTSIDE])
def test_entities_and_outside_references_are_refused(home, content):
    assert looked(content).points[0].detail == "entities"
    with pytest.raises(Unreadable):
        xades.sign(content)


@settings(max_examples=10, deadline=None)
@given(at=st.floats(0, 1), noise=st.binary(min_size=1, max_size=6))
def test_no_spoiled_message_brings_the_page_down(signed_once, at, noise):
    place = int(len(signed_once) * at)
    looked(signed_once[:place] + noise + signed_once[place:])


@pytest.fixture(scope="session")
def signed_once(sealed_once) -> bytes:
    from django.test import override_settings

    with override_settings(PENGCHENG_HOME=sealed_once[0]):
        return xades.sign(MESSAGE)


def test_only_the_city_itself_signs_messages_and_it_is_audited(home):
    api.sign_message(context=system_context("services"), message=MESSAGE)
    assert audit.entries(action="signatures.message.sign")[0].facts["sha256"]
    with pytest.raises(Denied):
        api.sign_message(context=ANYBODY, message=MESSAGE)
