"""A device registers, is asked what it has, stays, falls silent, and goes: over real sockets."""

from __future__ import annotations

import pytest

from pengcheng.domains.cameras import api
from pengcheng.kernel import audit, clock
from pengcheng.kernel.models import AuditEntry
from pengcheng.kit.sip.messages import parse
from tests.cameras.scenes import CAMERAS, RECORDER, SYSTEM, Server, add

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def source() -> api.contracts.Source:
    return api.source(context=SYSTEM, number=RECORDER)


def denials() -> int:
    return AuditEntry.objects.filter(action="cameras.source.register", outcome="denied").count()


@pytest.mark.parametrize(("tcp", "algorithm"), [(False, "MD5"), (False, "SHA-256"), (True, "MD5")])
def test_a_device_registers_and_is_asked_for_its_catalogue(
    server: Server, tcp: bool, algorithm: str
) -> None:
    device = server.device(add_to(server, algorithm=algorithm), tcp=tcp, algorithm=algorithm)
    answer = device.register()
    assert (answer.code, answer.number("Expires")) == (200, 86_400)
    assert "rport=" in answer.get("Via")
    assert answer.get("Date")[10] == "T"
    device.tell_catalogue(*CAMERAS, each=2)
    told = "<Manufacturer>M</Manufacturer><Model>N1</Model><Firmware>V2</Firmware>"
    device.say("Response", "DeviceInfo", device.asked_for("DeviceInfo").serial, told)
    told = "<Online>ONLINE</Online><Status>OK</Status>"
    device.say("Response", "DeviceStatus", device.asked_for("DeviceStatus").serial, told)
    found = source()
    assert (found.online, found.cameras, found.told) == (True, 3, 3)
    assert (found.manufacturer, found.firmware, found.condition) == ("M", "V2", "ONLINE · OK")
    assert found.transport == ("TCP" if tcp else "UDP")
    server.tick()
    assert not server.house.lines.waiting


def add_to(server: Server, **facts: str) -> str:
    password = add(**facts).password
    server.directory.load()
    return password


def test_passwords_are_kept_as_digests_only(server: Server) -> None:
    password = add_to(server)
    row = api.sources.models.Source.objects.get()
    assert password not in str(vars(row))
    assert len(row.ha1) == 32


def test_too_short_is_refused_and_nothing_takes_it_back(server: Server) -> None:
    device = server.device(add_to(server))
    short = device.register("60")
    assert (short.code, short.number("Min-Expires")) == (423, 3600)
    assert not source().online
    assert device.register().code == 200
    assert device.register("0").code == 200
    assert not source().online
    assert device.say("Notify", "Keepalive").code == 403


def test_wrong_passwords_and_strangers_are_refused_and_written_down_once(server: Server) -> None:
    password = add_to(server)
    wrong = server.device("guessed")
    assert [wrong.register().code, wrong.register().code] == [403, 403]
    assert denials() == 1
    stranger = server.device(password, number="44030500001180000009")
    assert {stranger.register().code for _ in range(5)} == {403}
    assert stranger.say("Notify", "Keepalive").code == 403
    assert denials() == 2
    assert not source().online
    assert audit.verify().whole


def test_a_recorded_registration_does_not_register_again(server: Server) -> None:
    device, thief = server.device(add_to(server)), None
    challenge = device.ask(device.made("REGISTER", Expires="86400"))
    told = device.credentials(challenge)
    assert device.ask(device.made("REGISTER", Authorization=told)).code == 200
    thief = server.device("unknown")
    again = thief.ask(thief.made("REGISTER", Authorization=told))
    assert (again.code, "stale=true" in again.get("WWW-Authenticate")) == (401, True)
    bent = device.credentials(challenge, uri="sip:other@4403000000", nc="00000002")
    assert device.ask(device.made("REGISTER", Authorization=bent)).code == 403


def test_what_is_sent_twice_is_answered_twice_and_done_once(server: Server) -> None:
    device = server.device(add_to(server))
    challenge = device.ask(device.made("REGISTER", Expires="86400"))
    data = device.made("REGISTER", Authorization=device.credentials(challenge))
    first, second = device.ask(data), device.ask(data)
    assert first == second
    assert first.code == 200
    comings = AuditEntry.objects.filter(action="cameras.source.register", outcome="success")
    assert comings.count() == 1


def test_only_where_it_registered_a_device_is_heard(server: Server) -> None:
    password = add_to(server)
    device, other = server.device(password), server.device(password)
    device.register()
    assert other.say("Notify", "Keepalive").code == 403
    assert other.register().code == 200  # it may move
    assert other.say("Notify", "Keepalive").code == 200
    assert device.say("Notify", "Keepalive").code == 403


def test_who_misses_three_times_is_offline_until_it_speaks(server: Server) -> None:
    with clock.frozen(clock.now()) as now:
        device = server.device(add_to(server))
        device.register()
        now.advance(seconds=170)
        assert device.say("Notify", "Keepalive").code == 200
        server.tick()
        assert source().kept_at == clock.now()
        now.advance(seconds=181)
        server.tick()
        assert not source().online
        assert device.say("Notify", "Keepalive").code == 200
        assert source().online
        server.run(server.house.tick())
        now.advance(days=2)
        server.tick()
        assert not source().online
        assert device.say("Notify", "Keepalive").code == 403


def test_what_is_not_answered_is_asked_again_and_then_left(server: Server) -> None:
    with clock.frozen(clock.now()) as now:
        device = server.device(add_to(server))
        device.register()
        for _ in range(12):
            now.advance(seconds=5)
            server.tick()
        device.until(lambda: len([m for m in device.heard if m.method]) >= 18)
        assert len([m for m in device.heard if m.method]) == 18
        assert not server.house.lines.waiting


def test_who_is_ended_is_heard_no_more(server: Server) -> None:
    device = server.device(add_to(server))
    device.register()
    api.end(context=SYSTEM, number=RECORDER)
    server.tick()
    assert device.say("Notify", "Keepalive").code == 403
    assert device.register().code == 403
    fresh = server.device(api.renew(context=SYSTEM, number=RECORDER).password)
    server.tick()
    assert fresh.register().code == 200


def test_a_restart_keeps_who_is_registered(server: Server) -> None:
    device = server.device(add_to(server))
    device.register()
    server.directory.by_number.clear()
    server.directory._since = None
    server.tick()
    assert device.say("Notify", "Keepalive").code == 200


def test_video_is_refused_and_so_is_what_is_no_command(server: Server) -> None:
    device = server.device(add_to(server))
    device.register()
    for method in ("INVITE", "BYE", "INFO", "SUBSCRIBE"):
        refused = device.ask(device.made(method))
        assert (refused.code, refused.get("Allow")) == (405, "REGISTER, MESSAGE, NOTIFY")
    assert device.ask(device.made("MESSAGE", b"<Query><!DOCTYPE x></Query>")).code == 400
    plain = device.made("MESSAGE", b"hello", Content_Type="text/plain")
    assert device.ask(plain).code == 415
    assert device.ask(device.made("MESSAGE", b"x", From="<tel:110>")).code == 400


def test_nonsense_is_not_answered_and_a_flood_is_dropped(server: Server) -> None:
    with clock.frozen(clock.now()):
        device = server.device(add_to(server))
        device.register()
        device.send(b"nonsense, nonsense, nonsense\r\n\r\n")
        device.send(b"\r\n\r\n")
        known = server.directory.by_number[RECORDER]
        known.bucket.level = 3
        lines = server.house.lines
        before = lines.dropped
        for _ in range(6):
            device.send(device.made("NOTIFY"))
        device.until(lambda: lines.dropped >= before + 3 and not lines.tasks)
        answered = [m for m in device.heard if m.code == 415]
        assert len(answered) == 3
        lines.buckets["127.0.0.1"].level = 0
        device.send(device.made("REGISTER"))
        device.until(lambda: lines.dropped == before + 4)


def test_a_line_that_makes_no_sense_is_closed(server: Server) -> None:
    device = server.device(add_to(server), tcp=True)
    assert device.register().code == 200
    device.send(b"x" * 20_000)
    device.until(lambda: device.closed)
    assert parse(device.made("NOTIFY")).method == "NOTIFY"


def test_a_server_on_every_address_names_the_one_that_the_device_can_reach(server: Server) -> None:
    server.house.lines.host = "0.0.0.0"  # noqa: S104 — nothing is opened by it
    device = server.device(add_to(server))
    device.register()
    device.until(lambda: [m for m in device.heard if m.method])
    asked = next(m for m in device.heard if m.method)
    assert asked.get("Via").startswith(f"SIP/2.0/UDP 127.0.0.1:{server.house.lines.port};rport")
