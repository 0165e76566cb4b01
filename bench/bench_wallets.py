"""Licences bound to wallets' keys in a batch, on one core, by the clock of the process itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from bench.report import Reporter
from pengcheng.domains.licences.ops.credentials import document_certificate, document_keys, keys
from pengcheng.kernel import clock
from pengcheng.kit import mdoc
from pengcheng.kit.credentials import sdjwt
from pengcheng.kit.keys import Key, curves
from pengcheng.kit.mdoc.items import day

BATCH = 1_000
LINES: dict[str, Any] = {
    "holder_name": "陈晓明（虚构）",
    "number": "1.2.156.3005.2.11440000006940175Y901.11440300MB2C95103Q.20260000001.001.6",
    "name": "陈晓明（虚构）",
    "sex": "male",
    "born_on": "1958-03-09",
    "level": "65",
    "age_over_18": True,
    "age_over_60": True,
}
STATUS = {"status_list": {"idx": 5, "uri": "https://city.example/licences/status/0/"}}


def bench(reporter: Reporter) -> None:
    runs = 3 if reporter.quick else 10
    device = curves.make("ES256").public_key()
    for name, made in (("SD-JWT VC", _sd_jwt(device)), ("mobile documents (mdoc)", _mdoc(device))):
        goal = " (goal 5,000)" if name == "SD-JWT VC" else ""
        made()
        rates = [_rate(made) for _ in range(runs)]
        reporter.sampled(f"{name} with 8 lines issued a second{goal}", rates, "/s")
    _judging(reporter)


def _rate(made: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(BATCH):
        made()
    return BATCH / (time.process_time() - began)


def _sd_jwt(device: curves.Public) -> Callable[[], str]:
    signer = keys().signer()
    now = int(clock.now().timestamp())
    told = {
        "iss": "https://city.example",
        "vct": "https://city.example/licences/vct/seniors-card/",
        "iat": now,
        "nbf": now,
        "exp": now + 86400,
        "issuing_authority": {"name": "虚构政务局", "code": "11440300MB2C95103Q"},
        "status": STATUS,
        "cnf": {"jwk": curves.to_jwk(device)},
    }
    return lambda: sdjwt.issue(told, LINES, signer)


def _mdoc(device: curves.Public) -> Callable[[], bytes]:
    signer, chain, now = document_keys().signer(), document_certificate(), clock.now()
    content = mdoc.Content(
        doc_type="pengcheng.licences.seniors-card.1",
        namespace="pengcheng.licences.1",
        elements={**LINES, "born_on": day(date(1958, 3, 9))},
        status=STATUS,
    )
    life = mdoc.Life(signed=now, begins=now, ends=now + timedelta(days=365))
    return lambda: mdoc.issue(content, life, device, signer, chain)


def _judging(reporter: Reporter) -> None:
    """What a verifier's computer does for one presentation, without the database."""
    private = curves.make("ES256")
    holder = curves.to_jwk(private.public_key())
    key, signer = Key("h", "ES256", private.public_key()), keys().signer()
    text = sdjwt.issue({"cnf": {"jwk": holder}}, LINES, signer)
    now = int(clock.now().timestamp())
    facts = {"audience": "x509_san_dns:city.example", "nonce": "n"}
    shown = sdjwt.prove(
        sdjwt.show(text, {"age_over_18"}), type(signer)(key, private), at=now, **facts
    )
    binding = sdjwt.Binding(**facts)
    reporter.timed(
        "a presentation (SD-JWT VC with holder's proof) judged",
        lambda: sdjwt.verify(shown, lambda *_: signer.key, now=now, binding=binding),
        n=200,
        repeat=10,
    )
