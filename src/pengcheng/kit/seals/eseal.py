"""Electronic seals after GB/T 38540-2020, version 4: the seal, and a signature made with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from asn1crypto import core, x509

from pengcheng.kit.seals import smcerts, timestamps
from pengcheng.kit.sm import PrivateKey, sm3
from pengcheng.kit.sm.sm2 import der, raw

VERSION = 4


class ExtData(core.Sequence):
    _fields: ClassVar[Any] = [
        ("extn_id", core.ObjectIdentifier),
        ("critical", core.Boolean, {"default": False}),
        ("extn_value", core.OctetString),
    ]


class ExtensionDatas(core.SequenceOf):
    _child_spec = ExtData


class CertInfoList(core.SequenceOf):
    _child_spec = core.OctetString


class CertDigest(core.Sequence):
    _fields: ClassVar[Any] = [("type", core.PrintableString), ("value", core.OctetString)]


class CertDigestList(core.SequenceOf):
    _child_spec = CertDigest


class Header(core.Sequence):
    _fields: ClassVar[Any] = [
        ("id", core.IA5String),
        ("version", core.Integer),
        ("vendor", core.IA5String),
    ]


class Property(core.Sequence):
    """Type, name, whose certificates may use the seal, and when."""

    _fields: ClassVar[Any] = [
        ("type", core.Integer),
        ("name", core.UTF8String),
        ("cert_list_type", core.Integer),
        ("cert_list", core.Any),
        ("created", core.GeneralizedTime),
        ("valid_from", core.GeneralizedTime),
        ("valid_until", core.GeneralizedTime),
    ]
    _spec_callbacks: ClassVar[Any] = {
        "cert_list": lambda self: (
            CertInfoList if self["cert_list_type"].native == 1 else CertDigestList
        )
    }


class Picture(core.Sequence):
    _fields: ClassVar[Any] = [
        ("type", core.IA5String),
        ("data", core.OctetString),
        ("width", core.Integer),
        ("height", core.Integer),
    ]


class SealInfo(core.Sequence):
    _fields: ClassVar[Any] = [
        ("header", Header),
        ("es_id", core.IA5String),
        ("property", Property),
        ("picture", Picture),
        ("extensions", ExtensionDatas, {"explicit": 0, "optional": True}),
    ]


class SESeal(core.Sequence):
    """The maker signs the information alone, not its certificate and method."""

    _fields: ClassVar[Any] = [
        ("info", SealInfo),
        ("cert", core.OctetString),
        ("algorithm", core.ObjectIdentifier),
        ("signature", core.OctetBitString),
    ]


class ToSign(core.Sequence):
    _fields: ClassVar[Any] = [
        ("version", core.Integer),
        ("seal", SESeal),
        ("time", core.GeneralizedTime),
        ("data_hash", core.OctetBitString),
        ("property", core.IA5String),
        ("extensions", ExtensionDatas, {"explicit": 0, "optional": True}),
    ]


class SesSignature(core.Sequence):
    _fields: ClassVar[Any] = [
        ("to_sign", ToSign),
        ("cert", core.OctetString),
        ("algorithm", core.ObjectIdentifier),
        ("signature", core.OctetBitString),
        ("time_stamp", core.OctetBitString, {"explicit": 0, "optional": True}),
    ]


def make_seal(
    *, number: str, name: str, owner: x509.Certificate, until: datetime, at: datetime, png: bytes
) -> SESeal:
    """A seal that ``owner`` alone may use, by the city's seal maker."""
    at, until = (moment.astimezone(UTC).replace(microsecond=0) for moment in (at, until))
    info = SealInfo(
        {
            "header": {"id": "ES", "version": VERSION, "vendor": "Pengcheng"},
            "es_id": number,
            "property": {
                "type": 1,  # a seal of an organisation
                "name": name,
                "cert_list_type": 1,
                "cert_list": CertInfoList([owner.dump()]),
                "created": at,
                "valid_from": at,
                "valid_until": until,
            },
            "picture": {"type": "png", "data": png, "width": 40, "height": 40},
        }
    )
    maker, signer = smcerts.root(), smcerts.root_ring().signer()
    return SESeal(
        {
            "info": info,
            "cert": maker.dump(),
            "algorithm": smcerts.SM2_WITH_SM3,
            "signature": der(signer.private.sign(info.dump())),
        }
    )


def sign(
    *, seal: SESeal, owner: x509.Certificate, key: PrivateKey, data: bytes, about: str, at: datetime
) -> bytes:
    """The signature value over ``data`` (the bytes of Signature.xml), with a time stamp."""
    to_sign = ToSign(
        {
            "version": VERSION,
            "seal": seal,
            "time": at.astimezone(UTC).replace(microsecond=0),
            "data_hash": sm3(data),
            "property": about,
        }
    )
    signature = der(key.sign(to_sign.dump()))
    made = SesSignature(
        {
            "to_sign": to_sign,
            "cert": owner.dump(),
            "algorithm": smcerts.SM2_WITH_SM3,
            "signature": signature,
            "time_stamp": timestamps.token_over(sm3(signature)),
        }
    )
    return bytes(made.dump())


def verifies(cert: x509.Certificate, signature: bytes, data: bytes) -> bool:
    """Whether DER ``signature`` is the certificate's over ``data``. Never raises."""
    try:
        return smcerts.key_of(cert).verify(raw(signature), data)
    except (ValueError, TypeError, KeyError):
        return False


def may_use(info: SealInfo, cert: x509.Certificate) -> bool:
    """Whether the seal names this certificate among those that may use it."""
    listed = info["property"]["cert_list"]
    if isinstance(listed, CertInfoList):
        return any(one.native == cert.dump() for one in listed)
    return any(one["value"].native == sm3(cert.dump()) for one in listed)
