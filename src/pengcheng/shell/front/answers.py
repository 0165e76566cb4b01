"""The front's own answers: a readable page for people, RFC 9457 for programs, in both languages."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from html import escape
from typing import Any

from pengcheng.shell.front.headers import Headers, values

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# No style sheet can be fetched while Django is away, and inline styles are against our own policy.
PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">{refresh}
<title>{title} – {brand}</title></head>
<body><main><h1>{title}</h1><p>{next_step}</p></main></body></html>
"""


@dataclass(frozen=True)
class Refusal:
    status: int
    code: str
    zh: str
    en: str
    next_zh: str
    next_en: str
    retry_after: int = 0


STARTING = Refusal(
    503,
    "shell.front.starting",
    "系统正在启动",
    "The city is starting",
    "本页会自动刷新；如一分钟后仍未打开，请运行 pengcheng doctor 检查。",
    "This page reloads by itself. If it does not open within a minute, run: pengcheng doctor",
    retry_after=2,
)
BUSY = Refusal(
    503,
    "shell.front.busy",
    "访问的人较多",
    "The city is busy",
    "请稍后再试；已提交的内容不会重复处理。",
    "Please try again in a moment.",
    retry_after=5,
)
BROKEN = Refusal(
    502,
    "shell.front.broken_answer",
    "服务未能完整作答",
    "The service broke off its answer",
    "请重试；如反复出现，请告知管理员。",
    "Try again; if it happens again, tell the administrator.",
)
SLOW = Refusal(
    504,
    "shell.front.slow",
    "服务未在规定时间内作答",
    "The service did not answer in time",
    "请稍后查看是否已受理，再决定是否重试。",
    "Check in a moment whether it was accepted before you try again.",
)
CLIENT_SLOW = Refusal(
    408,
    "shell.request.slow",
    "内容传送中断",
    "The request stopped arriving",
    "请检查网络后重新提交。",
    "Check the network and send it again.",
)


def _language(headers: Headers) -> str:
    """The language chosen on the site, else the browser's first, else Chinese."""
    for value in values(headers, b"cookie"):
        if b"pengcheng_language=en" in value:
            return "en"
        if b"pengcheng_language=zh" in value:
            return "zh"
    accepted = b",".join(values(headers, b"accept-language")).strip().lower()
    return "en" if accepted.startswith(b"en") else "zh"


def _wants_json(path: str, headers: Headers) -> bool:
    accept = b",".join(values(headers, b"accept"))
    return path.startswith("/api/") or (b"json" in accept and b"text/html" not in accept)


def render(refusal: Refusal, path: str, headers: Headers) -> tuple[bytes, bytes]:
    """The body and its media type."""
    english = _language(headers) == "en"
    title = refusal.en if english else refusal.zh
    next_step = refusal.next_en if english else refusal.next_zh
    if _wants_json(path, headers):
        document: dict[str, object] = {
            "type": f"urn:pengcheng:problem:{refusal.code}",
            "code": refusal.code,
        }
        document |= {"title": title, "status": refusal.status, "detail": next_step}
        document |= {"title_zh": refusal.zh, "title_en": refusal.en, "instance": path}
        return json.dumps(document, ensure_ascii=False).encode(), b"application/problem+json"
    again = f'<meta http-equiv="refresh" content="{refusal.retry_after}">'
    page = PAGE.format(
        lang="en" if english else "zh-Hans",
        brand="Pengcheng" if english else "鹏城",
        title=escape(title),
        next_step=escape(next_step),
        refresh=again if refusal.retry_after else "",
    )
    return page.encode(), b"text/html; charset=utf-8"


async def answer(send: Send, refusal: Refusal, scope: MutableMapping[str, Any]) -> None:
    """Send a refusal. The connection is closed: a body may be left unread on it."""
    body, kind = render(refusal, scope["path"], scope["headers"])
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if refusal.retry_after:
        headers.append((b"retry-after", str(refusal.retry_after).encode()))
    if refusal.status < 500:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    shown = b"" if scope["method"] == "HEAD" else body
    await send({"type": "http.response.body", "body": shown})
