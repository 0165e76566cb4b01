"""A browser and its system in people's words, from what it says of itself.

The first line that fits wins: most browsers also claim to be the ones before them.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

BROWSERS = (
    ("MicroMessenger/", "WeChat"),
    ("AlipayClient/", "Alipay"),
    ("HuaweiBrowser/", "HUAWEI Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("UCBrowser/", "UC"),
    ("QQBrowser/", "QQ"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python-", "Python"),
)
SYSTEMS = (
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
CHINESE = {"WeChat": "微信", "Alipay": "支付宝", "HUAWEI Browser": "华为浏览器"}


def device(told: str, language: str) -> str:
    """Such as "Firefox on Windows"; what says nothing known is an unknown browser."""
    browser, system = _first(BROWSERS, told), _first(SYSTEMS, told)
    if not language.startswith("en"):
        browser = CHINESE.get(browser, browser)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")


def _first(table: tuple[tuple[str, str], ...], told: str) -> str:
    return next((name for mark, name in table if mark in told), "")
