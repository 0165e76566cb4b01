"""Whether what a wallet posts is an answer in form (OpenID4VP 1.0, section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from pengcheng.domains.identity.contracts.oidc import OidcError

MOST = 40  # credentials in an answer
LONGEST = 200_000


def told(text: str | bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(text)
    except (ValueError, RecursionError) as error:
        raise OidcError("invalid_request", "the answer is no JSON") from error
    if not isinstance(found, dict):
        raise OidcError("invalid_request", "the answer is no object")
    return found


def plain(form: Mapping[str, str]) -> dict[str, Any]:
    """The parameters of `direct_post`."""
    if "error" in form:
        return {"error": form["error"][:60], "state": form.get("state", "")}
    if "vp_token" not in form:
        raise OidcError("invalid_request", "vp_token is missing")
    return {"vp_token": told(form["vp_token"]), "state": form.get("state", "")}


def presentations(token: Any) -> list[tuple[str, str]]:
    """(credential query's id, presentation). Raises OidcError."""
    if isinstance(token, str):
        token = told(token)
    if not isinstance(token, dict) or not 0 < len(token) <= MOST:
        raise OidcError("invalid_request", "vp_token is no object of presentations")
    found = []
    for name, shown in token.items():
        if not isinstance(shown, list) or len(shown) != 1 or not isinstance(shown[0], str):
            raise OidcError("invalid_request", "one presentation is expected for each credential")
        if len(shown[0]) > LONGEST:
            raise OidcError("invalid_request", "a presentation is too long")
        found.append((name, shown[0]))
    return found
