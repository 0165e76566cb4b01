"""A file is served in the pieces that were asked for, as RFC 9110 section 14 has it."""

import pytest
from django.test import RequestFactory

from pengcheng.kit.maps.ranges import Unsatisfiable, file_response, parse_range

BODY = bytes(range(256)) * 1000
request = RequestFactory()


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "file.bin"
    file.write_bytes(BODY)
    return file


def ask(path, method="get", **headers):
    return file_response(getattr(request, method)("/", headers=headers), path, content_type="x/y")


def body_of(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        ("bytes=0-9", (0, 9)),
        ("bytes=90-", (90, 99)),
        ("bytes=90-1000", (90, 99)),
        ("bytes=-10", (90, 99)),
        ("bytes=-1000", (0, 99)),
        ("bytes=5-4", None),
        ("bytes=-", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-9", None),
        ("bytes=a-b", None),
        ("", None),
    ],
)
def test_range_is_read(header, answer):
    assert parse_range(header, 100) == answer


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_range_beyond_the_end_cannot_be_met(header):
    with pytest.raises(Unsatisfiable):
        parse_range(header, 100)


def test_whole_file_without_a_range(path):
    response = ask(path)
    assert response.status_code == 200
    assert response["Accept-Ranges"] == "bytes"
    assert body_of(response) == BODY


def test_part_of_the_file(path):
    response = ask(path, Range="bytes=1000-100999")
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes 1000-100999/{len(BODY)}"
    assert response["Content-Length"] == "100000"
    assert body_of(response) == BODY[1000:101000]


def test_part_beyond_the_end_is_refused_with_the_size(path):
    response = ask(path, Range="bytes=999999999-")
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{len(BODY)}"


def test_reader_with_a_good_copy_is_sent_nothing(path):
    etag = ask(path)["ETag"]
    assert not etag.startswith("W/")
    response = ask(path, **{"If-None-Match": f'"other", {etag}'})
    assert response.status_code == 304
    assert body_of(response) == b""


def test_part_of_an_older_file_is_answered_with_the_whole_new_one(path):
    response = ask(path, Range="bytes=0-9", **{"If-Range": '"older"'})
    assert response.status_code == 200
    assert body_of(response) == BODY


def test_changed_file_has_another_tag(path):
    before = ask(path)["ETag"]
    path.write_bytes(BODY + b"!")
    assert ask(path)["ETag"] != before


def test_head_is_told_of_ranges_but_gets_no_part(path):
    response = ask(path, "head", Range="bytes=0-9")
    assert response.status_code == 200
    assert response["Accept-Ranges"] == "bytes"


def test_copies_may_be_kept_for_a_while(path):
    assert ask(path)["Cache-Control"] == "public, max-age=600"
