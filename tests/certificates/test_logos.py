"""Logos: told by their bytes, measured, written anew; what is no picture is refused with a sentence."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from certificates import logos


def picture(size=(300, 100), kind="PNG", mode="RGB", color=(10, 90, 90)) -> bytes:
    output = BytesIO()
    Image.new(mode, size, color if mode == "RGB" else (*color, 0)).save(output, kind)
    return output.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_read_logo_keeps_a_small_png(kind):
    logo = logos.read_logo(picture((2000, 800), kind))

    with Image.open(BytesIO(logo.content)) as kept:
        assert kept.format == "PNG"
        assert kept.size == (logo.width, logo.height)
        assert (logo.width, logo.height) == (475, 190)
    assert len(logo.content) <= logos.LARGEST_STORED


def test_read_logo_stands_on_paper_where_it_was_see_through():
    logo = logos.read_logo(picture(mode="RGBA"))

    assert Image.open(BytesIO(logo.content)).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_read_logo_carries_nothing_along():
    hidden = picture() + b"<script>alert(1)</script>"
    with Image.open(BytesIO(picture(kind="JPEG"))) as opened:
        output = BytesIO()
        exif = opened.getexif()
        exif[0x010E] = "secret place"
        opened.save(output, "JPEG", exif=exif)

    assert b"script" not in logos.read_logo(hidden).content
    assert b"secret" not in logos.read_logo(output.getvalue()).content


def test_read_logo_of_noise_is_shrunk_until_it_is_small():
    noise = Image.effect_noise((1200, 400), 200).convert("RGB")
    output = BytesIO()
    noise.save(output, "PNG")

    assert len(logos.read_logo(output.getvalue()).content) <= logos.LARGEST_STORED


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "An SVG file can carry"),
        (b"GIF89a", "no PNG or JPEG"),
        (b"", "no PNG or JPEG"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "cannot be read"),
        (b"\xff\xd8\xff" + b"\0" * 100, "cannot be read"),
        (picture()[:-40], "cannot be read"),
        (picture((39, 100)), "pixels wide and high"),
        (picture((4001, 50)), "pixels wide and high"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * (2 * 1024 * 1024), "too large"),
    ],
)
def test_read_logo_refuses_with_a_sentence(content, sentence):
    with pytest.raises(ValidationError, match=sentence):
        logos.read_logo(content)
