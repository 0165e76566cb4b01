"""What the provider says of itself to programs."""

from __future__ import annotations

from typing import Any

from pengcheng.domains.identity.contracts.oidc import AUTH_METHODS, FACTS, PLAIN_CLAIMS, SCOPES
from pengcheng.domains.identity.contracts.proofs import ACR
from pengcheng.domains.identity.ops.oidc import secret
from pengcheng.domains.identity.rules.oidc import PRE_AUTHORISED

ENDPOINTS = {
    "authorization_endpoint": "/oidc/authorize",
    "token_endpoint": "/oidc/token",
    "userinfo_endpoint": "/oidc/userinfo",
    "jwks_uri": "/oidc/jwks",
    "registration_endpoint": "/oidc/register",
    "introspection_endpoint": "/oidc/introspect",
    "revocation_endpoint": "/oidc/revoke",
    "end_session_endpoint": "/oidc/logout",
    "pushed_authorization_request_endpoint": "/oidc/par",
}
PROVED = ("token", "introspection", "revocation")
SIGNED = ["ES256", "Ed25519", "EdDSA"]


def metadata() -> dict[str, Any]:
    """OpenID Connect Discovery 1.0 and RFC 8414 in one."""
    base = secret.issuer()
    told: dict[str, Any] = {"issuer": base}
    told |= {name: base + path for name, path in ENDPOINTS.items()}
    for name in PROVED:
        told[f"{name}_endpoint_auth_methods_supported"] = list(AUTH_METHODS)
        told[f"{name}_endpoint_auth_signing_alg_values_supported"] = SIGNED
    told["introspection_endpoint_auth_methods_supported"] = list(AUTH_METHODS[:3])
    return told | {
        "scopes_supported": list(SCOPES),
        "claims_supported": [*PLAIN_CLAIMS, *(c for fact in FACTS for c in fact.claims)],
        "claim_types_supported": ["normal"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", PRE_AUTHORISED],
        "pre-authorized_grant_anonymous_access_supported": True,
        "dpop_signing_alg_values_supported": SIGNED,
        "subject_types_supported": ["pairwise", "public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "acr_values_supported": list(ACR.values()),
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "code_challenge_methods_supported": ["S256"],
        "ui_locales_supported": ["zh-Hans", "en"],
        "authorization_response_iss_parameter_supported": True,
        "claims_parameter_supported": True,
        "request_parameter_supported": True,
        "request_object_signing_alg_values_supported": SIGNED,
        "request_uri_parameter_supported": False,
        "require_pushed_authorization_requests": False,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }
