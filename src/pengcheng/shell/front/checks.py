"""What is refused at the door, before a byte of the body is read or Django is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pengcheng.shell.front.answers import Refusal
from pengcheng.shell.front.headers import Headers, values

BODY_LIMIT = 25 * 1024 * 1024

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

NO_METHOD = Refusal(
    405,
    "shell.request.method",
    "不支持这种请求方法",
    "This method is not served here",
    "请使用 GET 或 POST。",
    "Use GET or POST.",
)
TWO_MEANINGS = Refusal(
    400,
    "shell.request.ambiguous",
    "请求的长度或主机不明确",
    "The request's length or host has two meanings",
    "请更正请求头后重试。",
    "Mend the request's headers and try again.",
)
NO_LENGTH = Refusal(
    411,
    "shell.request.no_length",
    "请求没有说明长度",
    "The request does not say how long it is",
    "请附上 Content-Length，不要分块发送。",
    "Send Content-Length instead of chunks.",
)
TOO_LARGE = Refusal(
    413,
    "shell.request.too_large",
    "提交的内容过大",
    "What was sent is too large",
    "单次提交不超过 25 MB，请压缩或分次上传。",
    "Send at most 25 MB at once: compress it or send it in parts.",
)


def refusal(scope: Mapping[str, Any]) -> Refusal | None:
    """Why a request must not pass, or None. Two readings of one message are how requests are
    smuggled past a front, so a message that has two is answered here.
    """
    if scope["method"] not in METHODS:
        return NO_METHOD
    headers: Headers = scope["headers"]
    lengths = values(headers, b"content-length")
    chunked = bool(values(headers, b"transfer-encoding"))
    if len(values(headers, b"host")) > 1 or len(lengths) > 1 or (chunked and lengths):
        return TWO_MEANINGS
    if chunked:
        return NO_LENGTH
    return _length(lengths[0]) if lengths else None


def _length(value: bytes) -> Refusal | None:
    if not value.isascii() or not value.isdigit():
        return TWO_MEANINGS
    # Zeros in front would hide a length of any size, and int() fails on thousands of digits.
    digits = value.lstrip(b"0") or b"0"
    return TOO_LARGE if len(digits) > 20 or int(digits) > BODY_LIMIT else None


def body_length(headers: Headers) -> int:
    """How long the body is; asked after `refusal`."""
    lengths = values(headers, b"content-length")
    return int(lengths[0].lstrip(b"0") or b"0") if lengths else 0
