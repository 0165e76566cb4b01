"""Certificates of the installation: one authority, leaves that say what they are for."""

from __future__ import annotations

import subprocess
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pengcheng.kernel import clock
from pengcheng.kit.keys import certificates, ring

pytestmark = pytest.mark.one_database
WANTED = certificates.Leaf(name="A signer", use=certificates.DOCUMENT_SIGNER, host="city.example")


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


def made() -> bytes:
    return certificates.leaf(ring("a", "ES256"), WANTED)


def judged(der: bytes, use=certificates.DOCUMENT_SIGNER):
    return certificates.key_of((der,), certificates.roots(), use)


def test_a_leaf_is_made_once_and_believed():
    assert made() == made()
    assert judged(made()).kid == ring("a", "ES256").signer().key.kid


def test_for_another_use_or_from_another_authority_it_is_not_believed():
    with pytest.raises(ValueError, match="something else"):
        judged(made(), certificates.READER)
    leaf = made()
    certificates.authority_keys().rotate(distrust=True)
    with pytest.raises(ValueError, match="no trusted authority"):
        judged(leaf)
    assert judged(made())


def test_an_older_authority_is_still_believed():
    leaf = made()
    certificates.authority_keys().rotate()
    assert judged(leaf)
    assert len(certificates.roots()) == 2


def test_it_is_renewed_before_it_ends_and_not_believed_afterwards():
    leaf = made()
    with clock.frozen(clock.now() + timedelta(days=400)):
        assert made() != leaf
    with clock.frozen(clock.now() + timedelta(days=500)), pytest.raises(ValueError, match="time"):
        judged(leaf)


def test_openssl_agrees(tmp_path):
    der = {"root": certificates.authority(), "leaf": made()}
    for name, data in der.items():
        pem = x509.load_der_x509_certificate(data).public_bytes(Encoding.PEM)
        (tmp_path / name).write_bytes(pem)
    asked = ["openssl", "verify", "-x509_strict", "-CAfile", "root", "leaf"]
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "leaf: OK", done.stderr
