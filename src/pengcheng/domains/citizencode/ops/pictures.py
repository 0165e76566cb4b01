"""Reading a code out of a photograph, for verifiers without a scanner."""

from __future__ import annotations

import io
import warnings

import zxingcpp
from PIL import Image, ImageOps

from pengcheng.kernel.problems import Invalid, TooLarge

LARGEST = 8_000_000
PIXELS = 40_000_000
SIDE = 1600
FORMATS = ("JPEG", "PNG", "WEBP")
QR = zxingcpp.barcode_formats_from_str("QRCode")


def text_in(picture: bytes) -> str:
    """The first QR code's text, or an empty one. Raises Invalid for what is no picture."""
    if len(picture) > LARGEST:
        raise TooLarge(
            code="citizencode.picture.large", zh="图片过大", en="The picture is too large"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(picture), formats=FORMATS) as opened:
                if opened.width * opened.height > PIXELS:
                    raise _no_picture()
                opened.draft("L", (SIDE, SIDE))
                grey = ImageOps.exif_transpose(opened).convert("L")
    except (OSError, ValueError, SyntaxError, Warning) as error:
        raise _no_picture() from error
    grey.thumbnail((SIDE, SIDE))
    found = zxingcpp.read_barcodes(grey, formats=QR)
    return found[0].text[:2000] if found else ""


def _no_picture() -> Invalid:
    return Invalid(
        code="citizencode.picture.invalid",
        zh="这不是可以读取的图片",
        en="This is not a picture that can be read",
        next_zh="请使用JPEG、PNG或WebP图片。",
        next_en="Use a JPEG, PNG or WebP picture.",
    )
