"""Judged by others: argon2-cffi and OWASP's figures, the standard library's cookies, hypothesis."""

from __future__ import annotations

import ipaddress
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import argon2
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pengcheng.domains.identity import rules
from pengcheng.domains.identity.models import Account
from pengcheng.domains.identity.rules import credentials
from tests.support.people import PASSWORD, person

# OWASP Password Storage Cheat Sheet, Argon2id: any of these (memory in KiB, passes), one lane.
OWASP_MINIMA = ((47104, 1), (19456, 2), (12288, 3), (9216, 4), (7168, 5))


# A busy machine is no finding.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
REAL_COST = {
    name: getattr(Argon2PasswordHasher, name)
    for name in ("time_cost", "memory_cost", "parallelism")
}


@pytest.fixture
def real_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the running city pays for a hash; other tests pay less."""
    for name, value in REAL_COST.items():
        monkeypatch.setattr(Argon2PasswordHasher, name, value)


@pytest.mark.django_db
@pytest.mark.usefixtures("real_cost")
def test_the_stored_hash_is_argon2id_above_owasps_minimum() -> None:
    stored = Account.objects.get(pk=person().id).password
    encoded = stored.removeprefix("argon2")
    found = argon2.extract_parameters(encoded)
    assert found.type is argon2.Type.ID
    assert found.salt_len >= 16
    assert found.hash_len >= 32
    assert any(
        found.memory_cost >= memory and found.time_cost >= passes for memory, passes in OWASP_MINIMA
    )


@pytest.mark.django_db
def test_argon2_cffi_itself_verifies_the_stored_hash() -> None:
    encoded = Account.objects.get(pk=person().id).password.removeprefix("argon2")
    assert argon2.PasswordHasher().verify(encoded, PASSWORD)
    with pytest.raises(argon2.exceptions.VerifyMismatchError):
        argon2.PasswordHasher().verify(encoded, PASSWORD + "x")


@pytest.mark.django_db
def test_the_same_password_is_never_stored_alike() -> None:
    hashes = {Account.objects.get(pk=person(name).id).password for name in ("chen", "wang")}
    assert len(hashes) == 2


@pytest.mark.django_db
def test_the_cookie_read_by_the_standard_library_keeps_its_flags() -> None:
    person()
    client = Client()
    client.post("/sign-in/", {"username": "chen", "password": PASSWORD})
    cookies: SimpleCookie = SimpleCookie()
    cookies.load(client.cookies["pengcheng_session"].OutputString())
    session = cookies["pengcheng_session"]
    assert session["httponly"] is True
    assert session["samesite"] == "Lax"
    assert session["path"] == "/"
    assert session["domain"] == ""
    assert 0 < int(session["max-age"]) <= 24 * 3600


@given(st.ip_addresses(v=6))
@patient
def test_the_standard_librarys_networks_agree_on_ipv6_neighbours(
    address: ipaddress.IPv6Address,
) -> None:
    assert address in ipaddress.ip_network(rules.network(str(address)))
    assert ipaddress.ip_network(rules.network(str(address))).prefixlen == 64


@given(st.text(max_size=80))
@patient
def test_any_text_is_counted_under_a_short_plain_key(text: str) -> None:
    key = rules.throttle_key(rules.PAIR_LIMIT, text, rules.network(text))
    assert len(key) <= 80
    assert key.isascii()


@given(st.text(max_size=60))
@patient
def test_normal_usernames_stay_as_they_are(text: str) -> None:
    once = rules.normal_username(text)
    assert rules.normal_username(once) == once or not once.isascii()


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", ["", "/", "//", "/\\", "\t//", "https:", "https:/", "%2f%2f"])
def test_a_url_parser_finds_no_foreign_host_in_the_way_on(prefix: str) -> None:
    person()
    form = {"username": "chen", "password": PASSWORD, "next": f"{prefix}evil.example/x"}
    location = Client().post("/sign-in/", form).headers["Location"]
    assert urlsplit(location).netloc == ""
    assert urlsplit(location.replace("\\", "/")).netloc == ""


# RFC 6238, appendix B (SHA-1, eight digits) and RFC 4226, appendix D (six digits).
TOTP = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}
HOTP = (
    "755224", "287082", "359152", "969429", "338314",
    "254676", "287922", "162583", "399871", "520489",
)  # fmt: skip
RFC_SECRET = b"12345678901234567890"


@pytest.mark.parametrize(("now", "code"), TOTP.items())
def test_one_time_codes_are_those_of_rfc_6238(now: int, code: str) -> None:
    assert credentials.code_at(RFC_SECRET, now // credentials.STEP, digits=8) == code
    typed = code[-6:]
    assert credentials.step_of(RFC_SECRET, typed, now=now, last_step=0) == now // 30


def test_the_counters_codes_are_those_of_rfc_4226() -> None:
    assert tuple(credentials.code_at(RFC_SECRET, step) for step in range(10)) == HOTP


def test_the_secret_is_written_as_rfc_4648_has_it() -> None:
    assert credentials.secret_text(b"foobar") == "MZXW6YTBOI======"
