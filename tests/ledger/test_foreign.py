"""Judged by published figures: the reference tree of Certificate Transparency, the reference note
of Go's checksum database, and openssl.
"""

import shutil
import subprocess

import pytest

from pengcheng.domains.ledger import api
from pengcheng.domains.ledger.ops import log
from pengcheng.domains.ledger.rules import merkle, notes
from pengcheng.kit.keys import Key, curves
from tests.ledger.scenes import ANYBODY, grown
from tests.ledger.test_merkle import reader

# The leaves and heads with which implementations of RFC 6962 and RFC 9162 compare themselves.
LEAVES = (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)  # fmt: skip
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
PATHS = {
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
}
GROWTH = {
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
# golang.org/x/mod/sumdb/note: the key and the note of its documentation.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    f"{GO_TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg"
    "KvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


@pytest.fixture(scope="module")
def read():
    return reader([merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES])


def test_the_reference_heads_come_out_alike(read):
    assert tuple(merkle.root(read, size).hex() for size in range(9)) == ROOTS


def test_the_reference_paths_come_out_alike(read):
    for (index, size), told in PATHS.items():
        assert tuple(step.hex() for step in merkle.inclusion(read, index, size)) == told
    for (old, new), told in GROWTH.items():
        assert tuple(step.hex() for step in merkle.consistency(read, old, new)) == told


def test_the_reference_note_opens_and_a_changed_one_does_not():
    verifier = notes.read_verifier(GO_KEY)
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": curves.encoded(verifier.key)}
    key = Key("go", "Ed25519", curves.from_jwk(jwk))
    assert notes.open_note(GO_NOTE, verifier, key.verifies) == GO_TEXT
    with pytest.raises(notes.NoteError):
        notes.open_note(GO_NOTE.replace("answer", "question"), verifier, key.verifies)


@pytest.mark.django_db
def test_openssl_verifies_our_head(tmp_path, settings):
    """The note's signature is plain Ed25519 over its text."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine")
    import base64

    from cryptography.hazmat.primitives import serialization

    settings.PENGCHENG_HOME = tmp_path
    grown(3)
    note = api.checkpoint(context=ANYBODY).note
    text, _, line = note.rpartition("\n\n")
    (tmp_path / "text").write_bytes(f"{text}\n".encode())
    (tmp_path / "signature").write_bytes(base64.b64decode(line.split()[2])[4:])
    public = (
        log.keys()
        .signer()
        .key.public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    (tmp_path / "key.pem").write_bytes(public)
    asked = ["-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "text"]
    done = subprocess.run(
        [openssl, "pkeyutl", *asked, "-sigfile", "signature"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert "Verified Successfully" in done.stdout, done.stderr


def test_openssl_verifies_our_cosignature(tmp_path, settings):
    """As a witness we sign two lines before the text of the head (C2SP tlog-cosignature)."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine")
    import base64

    from cryptography.hazmat.primitives import serialization

    from pengcheng.domains.ledger.rules import cosign
    from pengcheng.kit.keys import Ring

    signer = Ring(tmp_path / "witness", "Ed25519").signer()
    raw_key = curves.decoded(curves.to_jwk(signer.key.public)["x"])
    witness = notes.Verifier("witness.example/w1", raw_key, cosign.COSIGNATURE)
    text = notes.head_text("example.com/behind-the-sofa", 20_852_163, bytes(32))
    line = cosign.line(text, witness, 1_679_315_147, signer.sign)
    raw = base64.b64decode(line.split()[2])
    assert int.from_bytes(raw[4:12], "big") == 1_679_315_147
    (tmp_path / "text").write_bytes(f"cosignature/v1\ntime 1679315147\n{text}".encode())
    (tmp_path / "signature").write_bytes(raw[12:])
    public = signer.key.public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (tmp_path / "key.pem").write_bytes(public)
    asked = ["-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "text"]
    order = [openssl, "pkeyutl", *asked, "-sigfile", "signature"]
    done = subprocess.run(order, cwd=tmp_path, capture_output=True, text=True)
    assert "Verified Successfully" in done.stdout, done.stderr
