"""The hidden number of a page after what happens to pictures; Pillow does the harm."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from pengcheng.kit import marks

pytestmark = pytest.mark.one_database
KEY, TAG, DPI = b"a key of the test", 0x5A17C0FFEE, 82


def page():
    """Lines of black print on white paper, A4 at 82 dots an inch."""
    picture = Image.new("L", (678, 958), 255)
    pen = ImageDraw.Draw(picture)
    chance = np.random.default_rng(1)
    for row in range(70, 890, 18):
        column = 70
        while column < 560:
            wide = int(chance.integers(2, 9))
            pen.rectangle((column, row, column + wide, row + 8), fill=int(chance.integers(90)))
            column += wide + int(chance.integers(3, 12))
    return picture


def bytes_of(picture, form="PNG", **options):
    target = io.BytesIO()
    picture.save(target, form, **options)
    return target.getvalue()


@pytest.fixture(scope="module")
def marked():
    return Image.open(io.BytesIO(marks.mark(bytes_of(page()), TAG, key=KEY, dpi=DPI)))


def scaled(picture, by):
    size = (round(picture.width * by), round(picture.height * by))
    return picture.resize(size, Image.Resampling.BICUBIC)


def turned(picture, by):
    return picture.rotate(by, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def photographed(picture):
    """Turned, soft, darker on one side, with noise; then saved badly."""
    seen = np.asarray(turned(picture, 1.7).filter(ImageFilter.GaussianBlur(0.7)), dtype=float)
    seen = seen * np.linspace(0.75, 0.95, seen.shape[1])
    seen += np.random.default_rng(3).normal(0, 4, seen.shape)
    return Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8))


HARM = {
    "saved at quality 50": lambda one: bytes_of(one, "JPEG", quality=50),
    "half as large, quality 50": lambda one: bytes_of(scaled(one, 0.5), "JPEG", quality=50),
    "twice as large, quality 75": lambda one: bytes_of(scaled(one, 2), "JPEG", quality=75),
    "turned and cropped": lambda one: bytes_of(
        turned(one, -2).crop((50, 66, 623, 860)), "JPEG", quality=60
    ),
    "in colour, less than half of it": lambda one: bytes_of(
        one.crop((64, 246, 548, 820)).convert("RGB"), "JPEG", quality=70
    ),
    "photographed": lambda one: bytes_of(photographed(one), "JPEG", quality=60),
}


@pytest.mark.parametrize("harm", HARM)
def test_the_number_survives(marked, harm):
    found = marks.find(HARM[harm](marked), key=KEY)
    assert found is not None
    assert found.tag == TAG


def test_how_it_was_turned_and_scaled_is_told(marked):
    found = marks.find(bytes_of(turned(scaled(marked, 0.75), 5)), key=KEY)
    assert found.tag == TAG
    assert found.turned == pytest.approx(-5, abs=0.1)
    assert found.scale == pytest.approx(0.75 * DPI / 75, rel=0.01)


def test_a_page_without_a_mark_has_none():
    assert marks.find(bytes_of(page()), key=KEY) is None


def test_noise_has_none():
    noise = np.random.default_rng(5).normal(128, 40, (300, 300))
    picture = Image.fromarray(np.clip(noise, 0, 255).astype(np.uint8))
    assert marks.find(bytes_of(picture), key=KEY) is None


def test_another_key_reads_nothing(marked):
    assert marks.find(bytes_of(marked), key=b"another key") is None


def test_pure_black_and_white_takes_it_away(marked):
    """Known and said: what is hidden in the paper's tone is gone with the tone."""
    assert marks.find(bytes_of(marked.point(lambda tone: 255 * (tone > 128))), key=KEY) is None


def test_the_page_still_looks_the_same(marked):
    change = np.asarray(marked, dtype=float) - np.asarray(page(), dtype=float)
    assert np.abs(change).mean() < 16
    assert np.asarray(marked).min() < 40


def test_a_tag_that_is_too_long_is_refused():
    with pytest.raises(ValueError, match="40 bits"):
        marks.mark(bytes_of(page()), 1 << 40, key=KEY, dpi=DPI)
