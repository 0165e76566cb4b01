"""Coverage-guided fuzzing of what reads untrusted bytes: ``python -m tools.fuzz codes 60``.

By hand; needs `atheris` (Apache-2.0, 35 MB, no part of the pins: ``pip install atheris==3.0.0``).
Each reader is asked below the wrapper that makes an answer of any failure, with keys that believe
every signature, so that what stands behind the signature is reached too. Anything but the reader's
own refusal is a finding, and so are ten seconds and 2 GB; libFuzzer then writes the input to
``crash-…``. A finding becomes an ordinary test.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

Reader = Callable[[bytes], object]
QUESTION = ("x509_san_dns:city.example", "n-1", "https://city.example/answer", None)
LONGEST = 8192


class Target(NamedTuple):
    """A reader, what it may raise, and inputs to begin with."""

    read: Reader
    refusals: tuple[type[Exception], ...]
    seeds: Iterable[bytes] = (b"0123456789abcdef" * 8,)


def codes() -> Target:
    """Citizen codes: base45, COSE_Sign1, claims, what is said against them."""
    from pengcheng.domains.citizencode import rules
    from pengcheng.domains.citizencode.contracts import Claims
    from pengcheng.kit.cose import Malformed, from_base45, read, sealed, to_base45

    claims = Claims(handle=bytes(16), serial=bytes(8), issued=10**9, expires=10**9 + 60)
    message = sealed(_signer(), rules.written(claims))

    def look(data: bytes) -> None:
        if data[:1] == b"S":
            data = from_base45(data[1:].decode("utf-8", "replace"))
        told = rules.read(read(data).claims)
        if told is not None:
            rules.objection(told, 10**9, rules.scenes()["gate"])

    return Target(look, (Malformed, ValueError), (message, b"S" + to_base45(message).encode()))


def mdoc() -> Target:
    """Mobile documents: the answer of a device, its CBOR within CBOR."""
    from pengcheng.kernel import clock
    from pengcheng.kit import mdoc as documents

    now, signer = clock.now(), _signer()
    life = documents.Life(signed=now, begins=now, ends=now + timedelta(days=9))
    content = documents.Content(doc_type="a.1", namespace="a", elements={"age": True, "name": "x"})
    made = documents.issue(content, life, signer.key.public, signer, b"chain")
    session = documents.transcript(*QUESTION)
    answer = documents.respond(made, {"age"}, signer, session)
    key = _believing()

    def look(data: bytes) -> None:
        documents.verify(data, lambda chain: key, session=session, now=now)

    return Target(look, (documents.MdocError,), (answer,))


def sdjwt() -> Target:
    """Credentials as text, with disclosures and the holder's proof."""
    from pengcheng.kit.credentials import sdjwt as credentials
    from pengcheng.kit.credentials.jws import TokenError
    from pengcheng.kit.keys import curves

    signer, key = _signer(), _believing()
    told = {"iss": "x", "iat": 10**9, "cnf": {"jwk": curves.to_jwk(signer.key.public)}}
    text = credentials.issue(told, {"age": 70, "name": "x"}, signer)
    proved = credentials.prove(text, signer, audience="a", nonce="n", at=10**9)

    def look(data: bytes) -> None:
        presented = data.decode("utf-8", "replace")
        asked = credentials.Binding(audience="a", nonce="n")
        credentials.verify(presented, lambda header, payload: key, now=10**9, binding=asked)

    return Target(look, (TokenError,), (text.encode(), proved.encode()))


def shapes() -> Target:
    """Mobile documents with parts of another shape: digests fit, so that all of it is read."""
    import cbor2

    from pengcheng.kernel import clock
    from pengcheng.kit import mdoc as documents
    from pengcheng.kit.mdoc.items import cose_key

    now, key = clock.now(), _believing()
    session, public = documents.transcript(*QUESTION), _signer().key.public

    def look(data: bytes) -> None:
        bend = Bending(data)
        try:
            answer = _document(bend, now, cose_key(public))
        except (cbor2.CBOREncodeError, ValueError, TypeError, OverflowError, RecursionError):
            return
        documents.verify(answer, lambda chain: key, session=session, now=now)

    return Target(look, (documents.MdocError,))


def claims() -> Target:
    """Credentials with claims and disclosures of another shape, all signed and hashed right."""
    import msgspec

    from pengcheng.kit.credentials import sdjwt as credentials
    from pengcheng.kit.credentials.jws import TokenError
    from pengcheng.kit.keys import curves

    key = _believing()
    jwk = curves.to_jwk(_signer().key.public)

    def coded(value: object) -> str:
        return curves.encoded(msgspec.json.encode(value))

    def look(data: bytes) -> None:
        bend = Bending(data)
        asked = credentials.Binding(audience="a", nonce="n")
        try:
            shown = [coded(bend(["salt", "age", {"a": [1]}])), coded(bend(["salt", [1]]))]
            marks = [credentials._digest(one) for one in shown]
            told = {"iat": 10**9, "exp": 10**9, "cnf": {"jwk": jwk}, "_sd": [marks[0]],
                    "list": [{"...": marks[1]}], "status": {}}  # fmt: skip
            head = {"alg": "ES256", "typ": "dc+sd-jwt", "kid": "k"}
            text = f"{coded(bend(head))}.{coded(bend(told))}.AAAA~{'~'.join(shown)}~"
            proof = {"iat": 10**9, "aud": "a", "nonce": "n", "sd_hash": credentials._digest(text)}
            head = {"alg": "ES256", "typ": "kb+jwt"}
            text += f"{coded(bend(head))}.{coded(bend(proof))}.AAAA"
        except (TypeError, ValueError, OverflowError, RecursionError):
            return
        credentials.verify(text, lambda header, payload: key, now=10**9, binding=asked)

    return Target(look, (TokenError,))


def status() -> Target:
    """Status lists of others: packed states."""
    from pengcheng.kit.credentials import statuslist

    packed = statuslist.compress([(3, 1), (70, 2)], size=1000, bits=2)

    def look(data: bytes) -> None:
        text = data.decode("ascii", "replace")
        for bits in (1, 2, 4, 8):
            statuslist.state_at(text, 70, bits=bits)  # type: ignore[arg-type]

    return Target(look, (ValueError,), (packed.encode(),))


def pdf() -> Target:
    """Signed PDF: bounds, the reader of others, what stands behind a signature."""
    from io import BytesIO

    from pypdf import PdfWriter

    from pengcheng.kit import seals
    from pengcheng.kit.seals import pdf as files
    from pengcheng.kit.seals.findings import Unreadable

    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(out)
    seal = seals.Seal(name="fuzz", reason="test", place="here")
    return Target(files.check, (Unreadable,), (seals.stamp(out.getvalue(), seal, level="B-B"),))


TARGETS = {each.__name__: each for each in (codes, mdoc, shapes, sdjwt, claims, status, pdf)}


class Bending:
    """Puts something of another shape at a place within a value, as the fuzzer's bytes choose."""

    def __init__(self, data: bytes) -> None:
        self.left = list(data)

    def number(self, most: int) -> int:
        return (self.left.pop() if self.left else 0) % (most + 1)

    def __call__(self, value: Any) -> Any:
        return self.bent(value) if self.number(3) == 1 else value

    def bent(self, value: Any) -> Any:
        way = self.number(7)
        if isinstance(value, dict) and value and way:
            name = list(value)[self.number(len(value) - 1)]
            if way == 1:
                return {key: one for key, one in value.items() if key != name}
            return {**value, name: self.bent(value[name])}
        if isinstance(value, list) and value and way:
            place = self.number(len(value) - 1)
            return [*value[:place], self.bent(value[place]), *value[place + 1 :]]
        return self.anything()

    def anything(self, depth: int = 0) -> Any:
        plain = (
            None, True, 0, -1, 2**64, 10**40, 1e300, float("inf"), "", "x", "_sd", "...",
            "2026-01-01", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "\ud7ff" * 9,
        )  # fmt: skip
        way = self.number(len(plain) + 3)
        if way < len(plain):
            return plain[way]
        if way == len(plain):
            return bytes(self.left[: self.number(40)])
        if depth > 60:
            return []
        inner = self.anything(depth + 1)
        return [inner, self.number(9)] if way == len(plain) + 1 else {self.number(9): inner}


def _document(bend: Bending, now: Any, device: dict[int, Any]) -> bytes:
    import cbor2

    def embedded(value: Any) -> cbor2.CBORTag:
        return cbor2.CBORTag(24 if bend.number(20) != 1 else bend.number(255), cbor2.dumps(value))

    line = {"digestID": 0, "random": bytes(16), "elementIdentifier": "a", "elementValue": 1}
    item = embedded(bend(line))
    digests = {0: hashlib.sha256(cbor2.dumps(item)).digest()}
    at = cbor2.CBORTag(0, "2026-01-01T00:00:00Z")
    end = cbor2.CBORTag(0, "2126-01-01T00:00:00Z")
    told = {
        "docType": "d", "digestAlgorithm": "SHA-256", "valueDigests": {"n": digests},
        "validityInfo": {"signed": at, "validFrom": at, "validUntil": end},
        "deviceKeyInfo": {"deviceKey": device}, "status": {},
    }  # fmt: skip
    header = cbor2.dumps(bend({1: -7}))
    auth = [header, {33: b"c"}, cbor2.dumps(embedded(bend(told))), bytes(64)]
    signed = {"nameSpaces": {"n": [item]}, "issuerAuth": auth}
    proof = {"deviceSignature": [header, {}, None, bytes(64)]}
    shown = {"nameSpaces": embedded({}), "deviceAuth": proof}
    document = {"docType": "d", "issuerSigned": signed, "deviceSigned": shown}
    return cbor2.dumps(bend({"version": "1.0", "documents": [document], "status": 0}))


def _signer() -> Any:
    from pengcheng.kit.keys import Key, Signer, curves

    private = curves.make("ES256")
    return Signer(Key("k", "ES256", private.public_key()), private)


def _believing() -> Any:
    """A key to which every signature is right."""
    from pengcheng.kit.keys import Key

    class Believing(Key, frozen=True):
        def verifies(self, signature: bytes, data: bytes) -> bool:
            return True

    known = _signer().key
    return Believing(known.kid, known.algorithm, known.public)


def one(target: Target) -> Callable[[bytes], None]:
    """The reader as a fuzzer asks it: a refusal in its own words is right, all else is not."""

    def ask(data: bytes) -> None:
        try:
            target.read(data)
        except RecursionError:
            raise
        except target.refusals:
            return

    return ask


def ready() -> None:
    """Django with a home of its own, for readers that look up keys."""
    os.environ["PENGCHENG_HOME"] = tempfile.mkdtemp(prefix="fuzz-home-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "pengcheng.shell.settings"
    import django

    django.setup()


def main(words: list[str]) -> int:
    """Fuzz one target for so many seconds; ends the process by itself."""
    name, seconds = (words[0], int(words[1])) if len(words) == 2 else ("", 0)
    if name not in TARGETS:
        print(f"python -m tools.fuzz {'|'.join(TARGETS)} SECONDS")
        return 2
    try:
        import atheris
    except ImportError:
        print("atheris is not installed: pip install atheris==3.0.0")
        return 2
    logging.disable()  # what libraries say of each spoiled file
    with atheris.instrument_imports(include=["pengcheng.kit", "pengcheng.domains.citizencode"]):
        ready()
        target = TARGETS[name]()
    corpus = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    longest = max(LONGEST, *(2 * path.stat().st_size for path in corpus.iterdir()))
    limits = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048"]
    atheris.Setup([sys.argv[0], *limits, f"-max_len={longest}", str(corpus)], one(target))
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
