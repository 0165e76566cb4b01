"""Judged from outside: Python's parser of Internet messages (RFC 5322, 2047), and GSM 03.40."""

from __future__ import annotations

import email
from email.headerregistry import Address
from email.policy import default, strict
from email.utils import parsedate_to_datetime

import pytest

from pengcheng.domains.messages import api
from pengcheng.domains.messages.contracts import Channel, DeliveryQuery, Outgoing
from pengcheng.domains.messages.ops import gateways
from pengcheng.kernel import clock
from tests.messages.scenes import NOON, SENDER, WANG, told, wishes


@pytest.fixture
def mail(db):
    with clock.frozen(NOON):
        wishes(sms=False, phone="")
        told()
        api.deliver_due(context=SENDER)
    (taken,) = api.taken_by_gateway(context=WANG)
    return taken


def test_a_foreign_parser_reads_our_mail_without_a_defect(mail) -> None:
    message = email.message_from_string(mail.content, policy=strict)
    assert message.defects == []
    assert all(not header.defects for header in message.values())
    (sender,) = message["From"].addresses
    assert sender == Address("鹏城 Pengcheng", "no-reply", "pengcheng.invalid")
    assert message["To"].addresses[0].addr_spec == "chen@example.invalid"
    assert message["Subject"] == "鹏城：您有一条新消息 / Pengcheng: you have a new message"
    assert "Pengcheng" in message.get_body(("plain",)).get_content()
    assert parsedate_to_datetime(message["Date"]) == NOON
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_message_id_is_the_deliverys(mail) -> None:
    (delivery,) = api.delivery_log(context=WANG, query=DeliveryQuery()).rows
    message = email.message_from_string(mail.content, policy=default)
    assert message["Message-ID"] == f"<{delivery.id}@pengcheng.invalid>"


def test_the_wire_carries_plain_ascii_in_lines_that_every_server_takes(mail) -> None:
    wire = mail.content.encode("ascii")
    lines = wire.split(b"\r\n")
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 78  # RFC 5322, 2.1.1: should


def test_no_header_can_be_smuggled_in_by_an_address() -> None:
    wrong = Outgoing(
        id="1",
        channel=Channel.EMAIL,
        to="a@b.cn\r\nBcc: c@d.cn",
        subject="s",
        text="t",
        at=NOON,
    )
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        gateways.content(wrong)


def test_a_short_text_fits_the_parts_that_phones_put_together() -> None:
    """GSM 03.40: Chinese goes as UCS-2, 67 characters a part of a joined message; at most six."""
    for preview in api.previews_of_templates(context=WANG):
        if preview.short:
            told_by_sms = f"{preview.short.zh}\n{preview.short.en}"
            assert -(-len(told_by_sms.encode("utf-16-be")) // (2 * 67)) <= 6, preview.template.id
