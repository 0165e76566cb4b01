"""The list of one's sessions names browser and system in words."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from pengcheng.domains.identity.web.browsers import device

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
CHROME = "Chrome/130.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (f"{WINDOWS}; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Windows"),
        (f"{WINDOWS}) AppleWebKit/537.36 (KHTML, like Gecko) {CHROME}", "Chrome on Windows"),
        (f"{WINDOWS}) AppleWebKit/537.36 {CHROME} Edg/130.0.0.0", "Edge on Windows"),
        (f"{ANDROID} {CHROME}", "Chrome on Android"),
        (f"{ANDROID} {CHROME} MicroMessenger/8.0", "WeChat on Android"),
        (f"{PHONE} Version/18.1 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        (f"{PHONE} CriOS/130.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
        ("curl/8.5.0", "curl"),
        ("", "Unknown browser"),
        ("<script>alert(1)</script>", "Unknown browser"),
    ],
)
def test_a_browser_is_named_in_words(told, expected):
    with override("en"):
        assert device(told, "en") == expected


def test_in_chinese_too():
    with override("zh-hans"):
        assert device(f"{ANDROID} {CHROME} MicroMessenger/8.0", "zh-hans") == "Android上的微信"
