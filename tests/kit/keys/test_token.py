"""Keys in a PKCS#11 token: a real SoftHSM signs, others judge; no token, no signature."""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfWriter

from pengcheng.kernel.problems import Unavailable
from pengcheng.kit.keys import Ring, ring, token
from pengcheng.kit.seals import pdf, stamping
from pengcheng.shell.doctor import tokens

MODULE = next(Path("/usr/lib").glob("**/libsofthsm2.so"), None)
pytestmark = [
    pytest.mark.one_database,
    pytest.mark.skipif(
        not (MODULE and shutil.which("softhsm2-util")), reason="SoftHSM is not installed"
    ),
]
SEAL = stamping.Seal(name="Trial office", reason="trial", place="Shenzhen")


@pytest.fixture
def softhsm(settings, tmp_path, monkeypatch):
    pkcs11 = pytest.importorskip("pkcs11")
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm.conf"))
    made = "softhsm2-util --init-token --free --label trial --pin 123456 --so-pin 654321"
    subprocess.run(made.split(), check=True, capture_output=True)
    pin = tmp_path / "pin"
    pin.write_text("123456\n")
    pin.chmod(0o600)
    settings.PENGCHENG_HOME = tmp_path / "home"
    settings.PENGCHENG_PKCS11_MODULE, settings.PENGCHENG_PKCS11_TOKEN = str(MODULE), "trial"
    settings.PENGCHENG_PKCS11_PIN_FILE, settings.PENGCHENG_PKCS11_KEYS = str(pin), ("seals",)
    token.close()
    pkcs11.lib(str(MODULE)).reinitialize()
    yield pin
    token.close()


def sealed() -> bytes:
    page, out = PdfWriter(), BytesIO()
    page.add_blank_page(200, 200)
    page.write(out)
    return stamping.stamp(out.getvalue(), SEAL)


def test_a_pdf_sealed_by_the_token_is_believed(softhsm, tmp_path):
    made = sealed()
    points = {point.code: point.good for one in pdf.check(made).signed for point in one.points}
    assert points["intact"]
    assert points["trusted"]
    assert not list(ring("seals", "ES256").folder.glob("*.key"))
    if shutil.which("pdfsig"):
        (tmp_path / "made.pdf").write_bytes(made)
        told = subprocess.run(
            ["pdfsig", "-nocert", str(tmp_path / "made.pdf")], capture_output=True, text=True
        )
        assert "Signature is Valid" in told.stdout


def test_a_rotation_makes_a_key_in_the_token_and_destroys_the_old(softhsm):
    keys = ring("seals", "ES256")
    old = keys.signer()
    signature = old.sign(b"before")
    new = keys.rotate()
    assert (new.held, keys.signer().key.kid) == ("token", new.kid)
    assert keys.find(old.key.kid).verifies(signature, b"before")
    assert keys.find(new.kid).verifies(keys.signer().sign(b"after"), b"after")
    with pytest.raises(Unavailable, match="does not have the key"):
        old.sign(b"after")
    (found,) = tokens.check()
    assert found.state == "ok"


def test_a_key_that_could_not_be_written_down_does_not_stay_in_the_token(softhsm, monkeypatch):
    made = []
    make = token.make
    monkeypatch.setattr(token, "make", lambda *told: made.append(make(*told)) or made[0])

    def full(*_):
        raise OSError("disk full")

    monkeypatch.setattr(Ring, "_write", full)
    with pytest.raises(OSError, match="full"):
        ring("seals", "ES256").signer()
    with pytest.raises(Unavailable, match="does not have the key"):
        token.look([made[0].label])


def wrong_pin(settings, pin):
    pin.write_text("000000")


def open_pin(settings, pin):
    pin.chmod(0o644)


def no_token(settings, pin):
    settings.PENGCHENG_PKCS11_TOKEN = "absent"


def no_module(settings, pin):
    settings.PENGCHENG_PKCS11_MODULE = "/nowhere.so"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [(wrong_pin, "PIN"), (open_pin, "owner"), (no_token, "label"), (no_module, "module")],
)
def test_without_the_token_nothing_signs_and_no_file_is_made(softhsm, settings, spoil, said):
    ring("seals", "ES256").signer()
    token.close()
    spoil(settings, softhsm)
    with pytest.raises(Unavailable, match=said):
        ring("seals", "ES256").signer().sign(b"data")
    with pytest.raises(Unavailable, match=said):
        ring("seals", "ES256").rotate()
    assert not list(ring("seals", "ES256").folder.glob("*.key"))
    (found,) = tokens.check()
    assert (found.state, said in found.en) == ("fail", True)


def test_a_key_in_a_file_signs_no_more_once_the_token_is_asked_for(softhsm, settings):
    settings.PENGCHENG_PKCS11_KEYS = ()
    keys = Ring(settings.PENGCHENG_HOME / "keys" / "seals", "ES256")
    keys.signer()
    settings.PENGCHENG_PKCS11_KEYS = ("seals",)
    with pytest.raises(Unavailable, match="is a file"):
        keys.signer()
    assert keys.rotate().held == "token"
    assert keys.signer().sign(b"data")
