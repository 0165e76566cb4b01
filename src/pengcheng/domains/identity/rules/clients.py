"""What may be registered as a client, and whether a client's assertion is good."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pengcheng.domains.identity.contracts.oidc import (
    AUTH_METHODS,
    FACTS,
    SCOPES,
    NewClient,
    OidcError,
)
from pengcheng.kernel.problems import FieldError

LONGEST_URI = 500
MOST_URIS = 20
MOST_KEYS = 10
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")


def wrong_address(uri: str, *, native: bool) -> bool:
    """Whether an address cannot be answered at safely: encrypted, or on the person's own device."""
    if len(uri) > LONGEST_URI or not _PRINTABLE.fullmatch(uri) or "#" in uri or "\\" in uri:
        return True
    parts = _split(uri)
    if parts is None or "@" in parts.netloc or "*" in uri:
        return True
    if parts.scheme == "https":
        return not parts.hostname
    if parts.scheme == "http":
        return not is_loopback(parts.hostname or "")
    return not (native and _PRIVATE_SCHEME.fullmatch(parts.scheme))


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return None
    return parts


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def same_address(wanted: str, known: Iterable[str], *, native: bool) -> bool:
    """Letter by letter; an app on the person's own device may choose its port (RFC 8252, 7.3)."""
    known = tuple(known)
    if wanted in known:
        return True
    return native and _portless(wanted) in {_portless(each) for each in known} - {""}


def _portless(uri: str) -> str:
    parts = _split(uri)
    if parts is None or parts.scheme != "http" or parts.hostname not in {"127.0.0.1", "::1"}:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if parts.netloc.rpartition(":")[0] not in {"", host} and parts.netloc != host:
        return ""
    return f"http://{host}{parts.path}?{parts.query}"


def sector_of(new: NewClient) -> str:
    """Clients of one sector know a person by the same pseudonym."""
    if new.sector:
        return new.sector
    hosts = {urlsplit(uri).netloc or uri.partition(":")[0] for uri in new.redirect_uris}
    return next(iter(hosts)) if len(hosts) == 1 else ""


def wrong_client(new: NewClient) -> tuple[FieldError, ...]:
    """What must be put right before the client can be entered."""
    return tuple(each for check in _CHECKS for each in check(new))


def _names(new: NewClient) -> list[FieldError]:
    found = []
    if not new.name_zh.strip() or len(new.name_zh) > 80:
        found.append(
            FieldError("/name_zh", "请填写 80 字以内的名称", "Enter a name of up to 80 characters")
        )
    for name in ("name_en", "operator", "purpose_zh", "purpose_en"):
        text = getattr(new, name)
        if len(text) > 300 or not text.isprintable():
            found.append(FieldError(f"/{name}", "内容过长或含有无法显示的字符",
                                    "This is too long or has an invisible character"))  # fmt: skip
    return found


def _addresses(new: NewClient) -> list[FieldError]:
    found = []
    serves_only = bool(new.serves) and not new.redirect_uris
    if not serves_only and not 0 < len(new.redirect_uris) <= MOST_URIS:
        found.append(
            FieldError("/redirect_uris", "请填写 1 至 20 个回调地址", "Enter 1 to 20 addresses")
        )
    for name in ("redirect_uris", "logout_uris", "backchannel_uri"):
        told = getattr(new, name)
        uris = told if isinstance(told, tuple) else (told,) if told else ()
        native = new.native and name != "backchannel_uri"
        bad = [uri for uri in uris if wrong_address(uri, native=native)]
        if bad or len(uris) > MOST_URIS:
            found.append(
                FieldError(
                    f"/{name}",
                    "地址须为 https 完整地址，不含“#”“*”和用户名",
                    "Addresses must be whole https addresses without #, * or a user name",
                )
            )
    return found


def _ways(new: NewClient) -> list[FieldError]:
    found = []
    if new.auth_method not in AUTH_METHODS:
        found.append(FieldError("/auth_method", "没有这种认证方式", "There is no such method"))
    if new.auth_method == "private_key_jwt" and not (new.jwks or {}).get("keys"):
        found.append(FieldError("/jwks", "请提供公钥（JWKS）", "Give the public keys (JWKS)"))
    if new.auth_method == "none" and new.serves:
        found.append(
            FieldError("/auth_method", "资源服务必须进行认证", "A resource server proves itself")
        )
    if new.subject_type == "pairwise" and new.redirect_uris and not sector_of(new):
        found.append(
            FieldError(
                "/sector",
                "回调地址分属多个主机，请填写所属范围",
                "The addresses have several hosts: name the sector",
            )
        )
    return found


def _reach(new: NewClient) -> list[FieldError]:
    found = []
    if set(new.scopes) - set(SCOPES):
        found.append(FieldError("/scopes", "有未知的信息范围", "There is an unknown scope"))
    if set(new.required) - {fact.id for fact in FACTS}:
        found.append(FieldError("/required", "有未知的信息项", "There is an unknown fact"))
    for name in ("resources", "serves"):
        if any(wrong_address(uri, native=False) for uri in getattr(new, name)):
            found.append(
                FieldError(f"/{name}", "资源须为完整的 https 地址", "Resources are https addresses")
            )
    return found


_CHECKS = (_names, _addresses, _ways, _reach)


# -- dynamic registration (RFC 7591) -----------------------------------------------------


def from_metadata(told: Mapping[str, Any]) -> NewClient:
    """The client that a program describes. Raises OidcError with what cannot be had."""
    for name in ("jwks_uri", "sector_identifier_uri", "request_uris", "software_statement"):
        if told.get(name):
            raise OidcError("invalid_client_metadata", f"{name} is not taken here")
    _refuse_types(told)
    method = _text(told, "token_endpoint_auth_method") or "client_secret_basic"
    if method not in AUTH_METHODS:
        raise OidcError("invalid_client_metadata", "token_endpoint_auth_method is not known")
    algorithm = _text(told, "id_token_signed_response_alg") or "ES256"
    if algorithm != "ES256":
        raise OidcError("invalid_client_metadata", "ID tokens are signed with ES256")
    name = _text(told, "client_name") or "-"
    jwks = told.get("jwks")
    return NewClient(
        name_zh=(_text(told, "client_name#zh-Hans") or name)[:80],
        name_en=name[:80],
        operator=_text(told, "client_uri")[:300],
        redirect_uris=_texts(told, "redirect_uris"),
        logout_uris=_texts(told, "post_logout_redirect_uris"),
        backchannel_uri=_text(told, "backchannel_logout_uri"),
        auth_method=method,
        jwks=jwks if isinstance(jwks, dict) else None,
        subject_type="public" if _text(told, "subject_type") == "public" else "pairwise",
        scopes=tuple(_text(told, "scope").split()) or ("openid", "profile"),
        refreshes="refresh_token" in _texts(told, "grant_types"),
        native=_text(told, "application_type") == "native",
        pushed_only=told.get("require_pushed_authorization_requests") is True,
    )


def _refuse_types(told: Mapping[str, Any]) -> None:
    if set(_texts(told, "response_types") or ("code",)) != {"code"}:
        raise OidcError("invalid_client_metadata", "only the response type code is known")
    grants = set(_texts(told, "grant_types") or ("authorization_code",))
    if not {"authorization_code"} <= grants <= {"authorization_code", "refresh_token"}:
        raise OidcError("invalid_client_metadata", "grant_types has what is not given here")


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name, "")
    if value is not None and not isinstance(value, str):
        raise OidcError("invalid_client_metadata", f"{name} is no text")
    return value or ""


def _texts(told: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = told.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise OidcError("invalid_client_metadata", f"{name} is no list of texts")
    return tuple(value)


def refusal_of(errors: Iterable[FieldError]) -> OidcError:
    """What is wrong with a described client, in the words of RFC 7591."""
    first = next(iter(errors))
    code = "invalid_redirect_uri" if "redirect" in first.pointer else "invalid_client_metadata"
    return OidcError(code, f"{first.pointer.lstrip('/')}: {first.en}")


# -- assertions of clients (RFC 7523) ----------------------------------------------------


def wrong_assertion(
    claims: Mapping[str, Any], *, client_id: str, audiences: frozenset[str], now: datetime,
    life: timedelta, skew: timedelta,
) -> str:  # fmt: skip
    """Why the assertion is not believed, in a word; empty when it is."""
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        return "iss or sub is not the client"
    told = claims.get("aud")
    named = {told} if isinstance(told, str) else {e for e in told or () if isinstance(e, str)}
    if not named or not named <= audiences:
        return "aud is not this provider"
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 8 <= len(jti) <= 200:
        return "jti is missing"
    return _wrong_times(claims, now.timestamp(), life.total_seconds(), skew.total_seconds())


def _wrong_times(claims: Mapping[str, Any], now: float, life: float, skew: float) -> str:
    times = {name: claims.get(name) for name in ("exp", "iat", "nbf")}
    if any(t is not None and (isinstance(t, bool) or not isinstance(t, int | float))
           for t in times.values()):  # fmt: skip
        return "a time is no number"
    expires = times["exp"]
    if expires is None or expires < now - skew:
        return "it is stale"
    if expires > now + life + skew:
        return "it lives too long"
    if any(t is not None and t > now + skew for t in (times["iat"], times["nbf"])):
        return "it is from the future"
    return ""
