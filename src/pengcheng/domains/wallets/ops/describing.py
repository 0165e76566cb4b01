"""What the credential issuer says of itself (OpenID4VCI 1.0, section 12.2)."""

from __future__ import annotations

from typing import Any

from pengcheng.domains.licences import api as licences
from pengcheng.domains.licences.api import travelling
from pengcheng.domains.licences.contracts import LicenceType
from pengcheng.domains.licences.contracts.travelling import Form
from pengcheng.domains.wallets.ops.issuing import SCOPE, base
from pengcheng.domains.wallets.rules import fetching
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import permit

PROOFS = ["ES256", "Ed25519", "EdDSA"]
NAME_ZH, NAME_EN = "鹏城（演示）", "Pengcheng (demonstration)"
TONES = {"sea": "#0b5a6b", "bloom": "#9c2a5b", "good": "#1f6b3a", "sun": "#8a5a00"}


def metadata(context: Context) -> dict[str, Any]:
    permit(context, "wallets.issuer.describe")
    here = base()
    return {
        "credential_issuer": here,
        "credential_endpoint": f"{here}/wallet/issuer/credential/",
        "nonce_endpoint": f"{here}/wallet/issuer/nonce/",
        "notification_endpoint": f"{here}/wallet/issuer/notification/",
        "batch_credential_issuance": {"batch_size": fetching.MOST},
        "display": _display(NAME_ZH, NAME_EN),
        "credential_configurations_supported": {
            fetching.configuration(kind.id, form): _configuration(kind, form)
            for kind in licences.types()
            for form in travelling.FORMS
        },
    }


def _configuration(kind: LicenceType, form: Form) -> dict[str, Any]:
    told: dict[str, Any] = {
        "format": form,
        "scope": SCOPE,
        "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": PROOFS}},
        "credential_metadata": {
            "display": [
                {**one, "background_color": TONES.get(kind.tone, TONES["sea"]),
                 "text_color": "#ffffff"}
                for one in _display(kind.zh, kind.en)
            ],
            "claims": [
                {"path": _path(form, claim.key),
                 "display": _display(claim.label.zh, claim.label.en)}
                for claim in travelling.claims_of(type=kind.id)
            ],
        },
    }  # fmt: skip
    if form == "mso_mdoc":
        return told | {
            "doctype": travelling.doc_type(type=kind.id),
            "cryptographic_binding_methods_supported": ["cose_key"],
            "credential_signing_alg_values_supported": [-7],
        }
    return told | {
        "vct": travelling.vct(type=kind.id),
        "cryptographic_binding_methods_supported": ["jwk"],
        "credential_signing_alg_values_supported": ["ES256"],
    }


def _path(form: Form, key: str) -> list[str]:
    return [travelling.NAMESPACE, key] if form == "mso_mdoc" else [key]


def _display(zh: str, en: str) -> list[dict[str, str]]:
    return [{"name": zh, "locale": "zh-Hans"}, {"name": en, "locale": "en"}]
