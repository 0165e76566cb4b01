"""Judged by joserfc, and by the example of RFC 7638."""

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey

from pengcheng.kit.credentials import jws as ours
from pengcheng.kit.keys import Ring


def test_joserfc_reads_our_keys_and_verifies_our_tokens(tmp_path):
    for algorithm, kind in (("ES256", ECKey), ("Ed25519", OKPKey)):
        ring = Ring(tmp_path / algorithm, algorithm)
        (jwk,) = ring.jwks()["keys"]
        key = kind.import_key(jwk)
        assert key.thumbprint() == jwk["kid"]
        token = ours.sign({"hello": "世界"}, ring.signer(), typ="test+jwt")
        found = jws.deserialize_compact(token, key, algorithms=[algorithm])
        assert found.payload.decode("utf-8") == '{"hello":"世界"}'


def test_we_verify_what_joserfc_signed(tmp_path):
    from pengcheng.kit.keys import Key, curves

    key = ECKey.generate_key("P-256")
    token = jws.serialize_compact({"alg": "ES256", "typ": "x"}, b'{"a":1}', key)
    mine = Key("k", "ES256", curves.from_jwk(key.as_dict(private=False)))
    assert ours.verify(token, lambda *_: mine, typ=frozenset({"x"})).payload == {"a": 1}
