"""Documents of other cities: whose issuer stands on a trusted list that was taken over here.

They say what ours say, under the same names of kinds and lines. Nobody outside can speak in this
city's own name, listed or not. Whether their issuer has taken one back is not asked: that would
tell the issuer where its holder is, and needs a network.
"""

from __future__ import annotations

from typing import Any

from cryptography import x509

from pengcheng.domains.licences.contracts import Label, LicenceType
from pengcheng.domains.licences.contracts.travelling import Asked, Listed, Presented
from pengcheng.domains.licences.ops import credentials
from pengcheng.domains.licences.rules import claims as rules
from pengcheng.kernel import audit
from pengcheng.kernel.context import Context
from pengcheng.kit import trust
from pengcheng.kit.credentials.jws import TokenError
from pengcheng.kit.keys import Key, certificates

READ = "licences.presentation.read"


class Unlisted(TokenError):
    """Nobody here vouches for the issuer; the verdict of the lists says why."""

    def __init__(self, verdict: trust.Verdict) -> None:
        super().__init__(f"foreign_{verdict.reason}", "no trusted list vouches for the issuer")
        self.verdict = verdict


def of_token(header: dict[str, Any], payload: dict[str, Any]) -> tuple[Key, trust.Verdict] | None:
    """Key and list of an SD-JWT VC of another city; None where it is none. Raises Unlisted."""
    if "x5c" not in header or payload.get("iss") == credentials.base():
        return None
    return _believed(*trust.key_of_header(header, kinds=trust.ATTESTERS))


def of_chain(chain: tuple[bytes, ...]) -> tuple[Key, trust.Verdict]:
    """Key and list of an mdoc of another city. Raises Unlisted."""
    key, verdict = _believed(*trust.key_of_chain(chain, kinds=trust.ATTESTERS))
    if not _signs_documents(chain[0]):
        raise Unlisted(trust.Verdict(trusted=False, reason="unreadable"))
    return key, verdict


def _believed(key: Key | None, verdict: trust.Verdict) -> tuple[Key, trust.Verdict]:
    if key is None or not verdict.trusted:
        raise Unlisted(verdict)
    return key, verdict


def _signs_documents(der: bytes) -> bool:
    try:
        found = x509.load_der_x509_certificate(der).extensions
        uses = found.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return certificates.DOCUMENT_SIGNER in uses


def listed(verdict: trust.Verdict) -> Listed:
    return Listed(
        territory=verdict.territory,
        scheme=verdict.scheme,
        provider=verdict.provider,
        since=verdict.since,
    )


def refused(context: Context, asked: Asked, error: Unlisted) -> Presented:
    """With the reason, and on the record: somebody tried."""
    facts = {"form": asked.form, "reason": error.verdict.reason}
    about = f"foreign-document/{error.verdict.territory or 'unlisted'}"
    audit.record(context, action=READ, resource=about, outcome="failure", facts=facts)
    return Presented(holds=False, code=error.code, listed=listed(error.verdict))


def shown(
    context: Context, asked: Asked, verdict: trust.Verdict, kind: LicenceType | None,
    claims: dict[str, Any],
) -> Presented:  # fmt: skip
    """What a document of another city says."""
    about = f"foreign-document/{verdict.territory}"
    facts = {"form": asked.form, "lines": sorted(claims)[:50], "provider": verdict.provider}
    audit.record(context, action=READ, resource=about, outcome="success", facts=facts)
    if kind is None:
        return Presented(holds=False, code="unknown", listed=listed(verdict))
    return Presented(
        holds=True,
        code="valid",
        type=kind.id,
        name=kind.name,
        issuer=Label(verdict.provider, verdict.provider),
        claims=claims,
        lines=rules.lines(kind, claims),
        listed=listed(verdict),
    )
