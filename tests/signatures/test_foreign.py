"""Judged by programs none of us wrote: openssl for time and seals, pdfsig for documents."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from asn1crypto import pem

from pengcheng.kit import seals, sm
from pengcheng.kit.seals import authority, smcerts, timestamps, xades
from pengcheng.kit.sm import sm2
from tests.signatures.scenes import flipped

pytestmark = [pytest.mark.crash, pytest.mark.one_database]


def told(program: str, *words: str, folder: Path) -> str:
    """What the program says, good or bad."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"no {program} on this machine")
    done = subprocess.run([found, *words], cwd=folder, capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


@pytest.mark.parametrize("hash_", ["sha256", "sha512", "sm3"])
def test_openssl_asks_for_the_time_and_believes_the_answer(home, tmp_path, hash_):
    (tmp_path / "data").write_bytes(b"a document")
    (tmp_path / "roots.pem").write_bytes(seals.certificates())
    asked = ("ts", "-query", "-data", "data", f"-{hash_}", "-cert", "-out", "asked.tsq")
    told("openssl", *asked, folder=tmp_path)
    answer, token = timestamps.answer((tmp_path / "asked.tsq").read_bytes())
    assert token is not None
    (tmp_path / "answer.tsr").write_bytes(answer)
    verify = ("ts", "-verify", "-in", "answer.tsr", "-CAfile", "roots.pem")
    assert "Verification: OK" in told(
        "openssl", *verify, "-queryfile", "asked.tsq", folder=tmp_path
    )
    (tmp_path / "data").write_bytes(b"another document")
    assert "Verification: FAILED" in told("openssl", *verify, "-data", "data", folder=tmp_path)


def test_openssl_reads_a_refusal(home, tmp_path):
    (tmp_path / "data").write_bytes(b"a document")
    told("openssl", "ts", "-query", "-data", "data", "-sha1", "-out", "asked", folder=tmp_path)
    (tmp_path / "answer").write_bytes(timestamps.answer((tmp_path / "asked").read_bytes())[0])
    said = told("openssl", "ts", "-reply", "-in", "answer", "-text", folder=tmp_path)
    assert "Status: Rejected" in said
    assert "unrecognized or unsupported algorithm" in said


def test_pdfsig_agrees_on_whole_and_on_changed(sealed, tmp_path):
    (tmp_path / "whole.pdf").write_bytes(sealed)
    (tmp_path / "changed.pdf").write_bytes(flipped(sealed, b"Invented licence"))
    assert "Signature is Valid" in told("pdfsig", "whole.pdf", folder=tmp_path)
    assert "Digest Mismatch" in told("pdfsig", "changed.pdf", folder=tmp_path)


def test_openssl_and_we_believe_each_others_sm2(home, tmp_path):
    """Keys, signatures and certificates cross in both directions."""
    key = sm.generate()
    (tmp_path / "key.pem").write_bytes(key.to_pem())
    (tmp_path / "data").write_bytes(b"a document")
    name = ("-pkeyopt", "distid:1234567812345678")
    how = ("-rawin", "-digest", "sm3", "-inkey", "key.pem", "-in", "data", *name)
    told("openssl", "pkeyutl", "-sign", *how, "-out", "theirs", folder=tmp_path)
    theirs = sm2.raw((tmp_path / "theirs").read_bytes())
    assert key.public_key().verify(theirs, b"a document")
    (tmp_path / "ours").write_bytes(sm2.der(key.sign(b"a document")))
    verify = ("pkeyutl", "-verify", *how, "-sigfile", "ours")
    assert "Signature Verified Successfully" in told("openssl", *verify, folder=tmp_path)
    (tmp_path / "data").write_bytes(b"another one")
    assert "Signature Verification Failure" in told("openssl", *verify, folder=tmp_path)


def test_openssl_follows_a_seal_certificate_to_the_maker(home, tmp_path):
    leaf = smcerts.certificate(smcerts.seal_ring(), "one")
    for name, cert in (("root", smcerts.root()), ("leaf", leaf)):
        (tmp_path / f"{name}.pem").write_bytes(pem.armor("CERTIFICATE", cert.dump()))
    name = ("-vfyopt", "distid:1234567812345678")
    said = told("openssl", "verify", "-CAfile", "root.pem", *name, "leaf.pem", folder=tmp_path)
    assert "leaf.pem: OK" in said


def test_xmlsec_believes_our_data_messages(home, tmp_path):
    (tmp_path / "message.xml").write_bytes(xades.sign("<m>数据</m>".encode()))
    (tmp_path / "root.pem").write_bytes(authority.pem([authority.root()]))
    words = ("--verify", "--trusted-pem", "root.pem", "--enabled-key-data", "x509")
    assert "(ok/all): 3/3" in told("xmlsec1", *words, "message.xml", folder=tmp_path)
