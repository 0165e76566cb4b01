"""Strange input at the public doors: answered in words, never a failure, never kept or echoed."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pengcheng.kernel import audit
from tests.support.people import PASSWORD, holder, person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
SEARCHES = ("/services/", "/places/")
STRANGE = {
    "long": "深" * 20_000,
    "control": "a\x01\x02\x1b[31mb\x7f",
    "nul": "a\x00b",
    "bidi": "a\u202eb\u2066",
    "astral": "𠮷😀" * 50,
    "surrogate": "\ud800",
    "markup": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "sql": "' OR 1=1; DROP TABLE identity_account; --",
    "like": "%_%_%_%\\",
    "template": "{{ 7|add:7 }}{% debug %}${7*7}#{7*7}",
    "format": "%s%n%x {0} {user}",
    "path": "../../../../etc/passwd",
    "header": "x\r\nSet-Cookie: planted=1",
    "number": "9" * 400,
}


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


def encoded(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("kind", STRANGE)
@pytest.mark.parametrize("page", SEARCHES)
def test_a_search_answers_strange_words(browser: Client, page: str, kind: str) -> None:
    answer = browser.get(f"{page}?q={encoded(STRANGE[kind])}")
    assert answer.status_code in {200, 400, 503}
    assert "<script>alert(1)" not in answer.content.decode()
    assert "planted" not in answer.cookies


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("query", ["page=%ff%fe", "q=%c3%28", "q[]=1&q[]=2", "page=-1", "&&&=="])
@pytest.mark.parametrize("page", SEARCHES)
def test_a_broken_query_is_no_failure(browser: Client, page: str, query: str) -> None:
    assert browser.get(f"{page}?{query}").status_code in {200, 400, 404, 422, 503}


@pytest.mark.parametrize(
    "path",
    [
        "/%00", "/%ff%fe/", "/places/%00/", "/services/%c3%28/", "/static/../../etc/passwd",
        "/static/%2e%2e/%2e%2e/etc/passwd", "/account/sessions/%00/end/", "/" + "a/" * 2000,
        "/map/base.pmtiles/../../secret.key", "/\\evil.example",
        "/files/..%2f..%2fsecret.key/", "/.git/config", "/.env", "/secret.key",
    ],
)  # fmt: skip
def test_a_strange_address_is_not_found(browser: Client, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code in {302, 400, 404}
    assert not answer.headers.get("Location", "").startswith(("//", "http", "/\\"))


@pytest.mark.parametrize("kind", STRANGE)
def test_signing_in_with_strange_words_is_refused_in_words(browser: Client, kind: str) -> None:
    text = STRANGE[kind].encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    answer = browser.post("/sign-in/", {"username": text, "password": text})
    assert answer.status_code == 422
    assert "<script>alert(1)" not in answer.content.decode()


@pytest.mark.parametrize("kind", STRANGE)
def test_registering_under_strange_words_is_refused(browser: Client, kind: str) -> None:
    text = STRANGE[kind].encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    form = {"kind": text, "name_zh": text, "username": text, "password": text}
    assert browser.post("/register/", form).status_code == 422


def test_a_name_with_markup_is_shown_as_text() -> None:
    account = person(name_zh="<b>甲</b>&amp;")
    page = signed_in(account).get("/account/").content.decode()
    assert "&lt;b&gt;甲&lt;/b&gt;&amp;amp;" in page
    assert "<b>甲" not in page


def test_a_body_that_is_no_utf8_is_read_as_far_as_it_goes(browser: Client) -> None:
    form = "application/x-www-form-urlencoded"
    answer = browser.post("/sign-in/", b"username=%ff%fe&password=\xff\xfe", content_type=form)
    assert answer.status_code == 422


def test_a_huge_form_is_refused_before_it_is_read(browser: Client) -> None:
    form = "application/x-www-form-urlencoded"
    answer = browser.post("/sign-in/", b"username=" + b"a" * 3_000_000, content_type=form)
    assert answer.status_code in {400, 413}


def test_thousands_of_fields_are_refused(browser: Client) -> None:
    assert browser.post("/sign-in/", {f"f{n}": "x" for n in range(2000)}).status_code == 400


def test_files_where_none_are_asked_for_are_ignored(browser: Client) -> None:
    file = SimpleUploadedFile("../../x.html", b"<script>", content_type="text/html")
    answer = browser.post("/sign-in/", {"username": file, "password": "x"})
    assert answer.status_code == 422


def test_a_broken_multipart_body_is_no_failure(browser: Client) -> None:
    kind = "multipart/form-data; boundary=x"
    answer = browser.post("/sign-in/", b"--x\r\nContent-Disposition: \xff", content_type=kind)
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 5000, b"null", b'"x"', b"1e999"])
def test_a_strange_json_body_gets_a_problem_document(browser: Client, body: bytes) -> None:
    url = "/api/v1/places/addresses/parse"
    answer = browser.post(url, body, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {"title", "code", "zh", "en"} <= json.loads(answer.content).keys()


@pytest.mark.parametrize(
    "cookie",
    ["pengcheng_session=\x00", "pengcheng_session=" + "a" * 4000, "pengcheng_language=../../x",
     "pengcheng_csrf=<script>", "=;=;=", "pengcheng_session=a; pengcheng_session=b"],
)  # fmt: skip
def test_strange_cookies_are_no_failure(cookie: str) -> None:
    browser = Client(headers={"cookie": cookie}, raise_request_exception=False)
    answer = browser.get("/sign-in/")
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode()


@pytest.mark.parametrize("language", ["xx", "en\r\nX: y", "../en", "zh-hans" * 99, "\x01"])
def test_a_strange_language_is_ignored(browser: Client, language: str) -> None:
    answer = browser.get("/sign-in/", {"lang": language})
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == "zh-Hans"


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "trace"])
def test_strange_methods_change_nothing(browser: Client, method: str) -> None:
    assert getattr(browser, method)("/sign-in/").status_code in {403, 405}


def test_the_language_link_does_not_lead_away(browser: Client) -> None:
    for path in ("//evil.example/", "/\\evil.example/", "//evil.example/%2f.."):
        location = browser.get(f"{path}?lang=en").headers.get("Location", "/")
        assert not location.startswith(("//", "/\\", "http"))


def test_a_failure_tells_nothing_of_the_inside(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pengcheng.domains.identity import api

    def broken(*args: object, **more: object) -> None:
        raise RuntimeError("the inside: " + PASSWORD)

    monkeypatch.setattr(api, "sign_in", broken)
    answer = browser.post("/sign-in/", {"username": "chen", "password": PASSWORD})
    assert answer.status_code == 500
    assert "the inside" not in answer.content.decode()
    assert PASSWORD not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/sensing/entities/%00",
        "/api/v1/sensing/latest?attribute=%00",
        "/api/v1/command/incidents?search=%00",
        "/workbench/sensing/entities/%00/",
        "/services/?q=a%00b",
    ],
)
def test_a_nul_in_an_address_is_unreadable(browser: Client, address: str) -> None:
    assert browser.get(address).status_code == 400
    official = signed_in(holder("official"), raise_request_exception=False)
    assert official.get(address).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"observations": [{"entity": "\0", "attribute": "a", "value": 1, "observed_at": "x"}]},
        {"\0": 1},
    ],
)
def test_a_nul_in_a_body_is_unreadable(body: dict[str, object]) -> None:
    official = signed_in(holder("official"), raise_request_exception=False)
    answer = official.post("/api/v1/sensing/observations", body, content_type="application/json")
    assert answer.status_code == 400
    harmless = {"reference": "\\u0000", "code": "x"}
    answer = official.post("/api/v1/services/status", harmless, content_type="application/json")
    assert answer.status_code == 422, "the words backslash and u0000 are no NUL"


def test_a_refusal_of_the_interface_is_audited() -> None:
    citizen = person()
    browser = signed_in(citizen)
    assert browser.get("/api/v1/casework/cases?scope=group").status_code == 403
    key = {"Authorization": "Bearer guessed"}
    readings = {"observations": [{"entity": "x", "attribute": "y", "value": 1,
                                  "observed_at": "2026-11-22T04:00:00Z"}]}  # fmt: skip
    sent = Client(headers=key).post(
        "/api/v1/sensing/observations", readings, content_type="application/json"
    )
    assert sent.status_code == 403
    codes = [line.facts["code"] for line in audit.entries(action="kernel.web.enter")]
    assert codes == ["sensing.device.key_wrong", "kernel.permit.no_right"]
