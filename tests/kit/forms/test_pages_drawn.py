"""A page becomes a Django form that checks what was sent, in the reader's language."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from pengcheng.kit.forms import checks, drawing, uploads
from pengcheng.kit.forms.answers import Answer, Filling
from pengcheng.kit.forms.definition import Definition, Question, Text, load

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
JPG = b"\xff\xd8\xff\xe0" + b"\x00" * 40


def one(kind: str, **more: Any) -> Any:
    label = {"zh": "问题", "en": "Question"}
    asked = {"id": "x", "kind": kind, "label": label, **more}
    pages = [{"id": "p", "title": label, "questions": [asked]}]
    return load(json.dumps({"id": "f", "title": label, "pages": pages}).encode()).pages[0]


def drawn(page: Any, answers: dict, language: str, data: Any = None, files: Any = None) -> Any:
    title = {"zh": "表", "en": "Form"}
    whole = Definition(id="f", title=Text(**title), pages=(page,))
    return drawing.page_form(Filling(whole, answers), page, language, data, files)


def sent(page: Any, value: Any, language: str = "en", answers: dict | None = None) -> Any:
    data = {} if value is None else {"x": value}
    with translation.override("en" if language == "en" else "zh-hans"):
        form = drawn(page, answers or {}, language, data)
        form.is_valid()
    return form


def kept(page: Any, value: Any) -> Any:
    form = sent(page, value)
    assert form.is_valid(), form.errors
    return form.answers()["x"].value


@pytest.mark.parametrize(
    ("kind", "written", "stored"),
    [
        ("text", " 陈晓明 ", "陈晓明"),
        ("textarea", "one\ntwo", "one\ntwo"),
        ("number", "12", "12"),
        ("number", "1.5", "1.5"),
        ("number", "１，２00", "1200"),
        ("integer", " 7 ", "7"),
        ("money", "¥1,234.5 元", "1234.50"),
        ("month", "2026年1月", "2026-01"),
        ("phone", "（0755） 12345678", "0755-12345678"),
        ("phone", "400-123-4567", "400-123-4567"),
        ("account_number", "6222 0000 0000 0000", "6222000000000000"),
        ("date", "2026-11-22", "2026-11-22"),
        ("date", "2026/11/22", "2026-11-22"),
        ("yesno", "no", "no"),
        ("mobile", "138 0000 0000", "13800000000"),
        ("email", "a@example.org", "a@example.org"),
        ("resident_id", "11010519491231002x", "11010519491231002X"),
        ("organisation_code", "91350100M000100Y43", "91350100M000100Y43"),
        ("declaration", "on", "yes"),
    ],
)
def test_what_is_right_is_kept_in_one_form(kind: str, written: str, stored: str) -> None:
    assert kept(one(kind), written) == stored


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("text", ""),
        ("text", "x" * 201),
        ("number", "many"),
        ("number", "NaN"),
        ("number", "1e999"),
        ("integer", "1.5"),
        ("money", "1.005"),
        ("month", "2026-13"),
        ("phone", "12345678"),
        ("account_number", "1234567"),
        ("date", "2026-02-30"),
        ("yesno", "maybe"),
        ("mobile", "12345678901"),
        ("email", "nobody"),
        ("resident_id", "110105194912310021"),
        ("resident_id", "11010519490231002X"),
        ("organisation_code", "91350100M000100Y44"),
        ("declaration", None),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_is_wrong_is_refused_in_words(kind: str, written: Any, language: str) -> None:
    form = sent(one(kind), written, language)
    assert not form.is_valid()
    assert form.errors["x"][0]


def test_a_pattern_has_its_own_complaint() -> None:
    page = one("text", pattern="C[0-9]{8}", complaint={"zh": "字母 C 加 8 位", "en": "C and 8"})
    assert sent(page, "D1").errors["x"] == ["C and 8"]
    assert sent(page, "C12345678X").errors["x"] == ["C and 8"]
    assert kept(page, "C12345678") == "C12345678"


def test_a_choice_outside_the_options_is_refused() -> None:
    options = [{"value": v, "label": {"zh": v, "en": v}} for v in ("a", "b")]
    assert not sent(one("choice", options=options), "c").is_valid()
    assert kept(one("choices", options=options), ["a", "b"]) == ("a", "b")


def test_the_page_shows_what_is_known_already() -> None:
    form = drawn(one("text"), {"x": Answer(value="陈", source="account")}, "en")
    assert form.initial["x"] == "陈"


def test_a_label_without_english_is_marked_as_chinese() -> None:
    question = Question(id="x", kind="text", label=load_text("只有中文"), hint=load_text(""))
    assert 'lang="zh-Hans"' in str(drawing.field_of(question, "en").label)
    assert "lang=" not in str(drawing.field_of(question, "zh-hans").label)


def load_text(word: str) -> Any:
    return Text(word)


# --- files ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("A.PNG", PNG, "image/png"),
        ("a.jpeg", JPG, "image/jpeg"),
    ],
)
def test_a_good_file_is_told_by_its_content(name: str, content: bytes, media_type: str) -> None:
    checked = uploads.check(name, BytesIO(content))
    assert (checked.media_type, checked.size) == (media_type, len(content))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"", uploads.EMPTY),
        ("a.exe", PDF, uploads.WRONG_KIND),
        ("a.svg", b"<svg/>", uploads.WRONG_KIND),
        ("a.html", b"<script>", uploads.WRONG_KIND),
        ("a.pdf", b"<html><script>alert(1)</script>", uploads.DISAGREES),
        ("a.png", JPG, uploads.DISAGREES),
        ("a.pdf.exe", PDF, uploads.WRONG_KIND),
        ("a.pdf", PDF + b"0" * uploads.MAX_BYTES, uploads.TOO_LARGE),
    ],
)
def test_a_bad_file_is_refused_with_its_reason(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(uploads.UploadRefused) as told:
        uploads.check(name, BytesIO(content))
    assert told.value.reason == reason


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\x\\身份证.PDF", "身份证.pdf"),
        ('a"b\r\nSet-Cookie.pdf', "abSet-Cookie.pdf"),
        ("x" * 300 + ".png", "x" * 80 + ".png"),
    ],
)
def test_names_are_made_harmless(given: str, shown: str) -> None:
    assert uploads.safe_name(given) == shown


def test_a_file_is_kept_under_its_hash_for_its_owner_only(tmp_path) -> None:
    checked = uploads.check("a.pdf", BytesIO(PDF))
    path = uploads.keep(tmp_path, BytesIO(PDF), checked)
    assert path.read_bytes() == PDF
    assert path.name == checked.sha256
    assert path.stat().st_mode & 0o777 == 0o600
    assert uploads.keep(tmp_path, BytesIO(PDF), checked) == path
    assert uploads.whole(tmp_path, checked.sha256) == path


def test_a_changed_file_is_noticed(tmp_path) -> None:
    checked = uploads.check("a.pdf", BytesIO(PDF))
    uploads.keep(tmp_path, BytesIO(PDF), checked).write_bytes(b"other")
    assert uploads.whole(tmp_path, checked.sha256) is None
    assert uploads.whole(tmp_path, "0" * 64) is None


def test_a_page_takes_a_good_file_and_refuses_a_bad_one() -> None:
    page = one("file")
    for content, good in ((PDF, True), (b"MZ\x90", False)):
        files = {"x": SimpleUploadedFile("a.pdf", content)}
        assert drawn(page, {}, "en", {}, files).is_valid() is good


def test_a_file_that_was_handed_in_need_not_come_again() -> None:
    page = one("file")
    assert not drawn(page, {}, "en", {}, {}).is_valid()
    assert drawn(page, {"x": Answer(value="a.pdf")}, "en", {}, {}).is_valid()


# --- judged from outside ----------------------------------------------------------------


def test_resident_ids_agree_with_another_library() -> None:
    from stdnum.cn import ric

    for day in range(1, 29, 3):
        for serial in range(0, 1000, 97):
            body = f"4403051990{day % 12 + 1:02d}{day:02d}{serial:03d}"
            for last in "0123456789X":
                assert checks.resident_id(body + last) == ric.is_valid(body + last)


def test_organisation_codes_agree_with_another_library() -> None:
    from stdnum.cn import uscc

    for number in range(1, 100_000_000, 3_654_321):
        body = f"9144030{number:010d}"
        for last in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            assert checks.organisation_code(body + last) == uscc.is_valid(body + last)
