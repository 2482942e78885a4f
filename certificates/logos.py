"""Pictures that are put on certificates: looked at, made small, and written anew, so that nothing else comes along.

SVG is refused: it is a program as much as a picture.
"""

import warnings
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_FILE = 2 * 1024 * 1024
LEAST_SIDE, MOST_SIDE = 40, 4000
MOST_PIXELS = 12_000_000
# On paper a logo is at most 180 by 56 points: this is 230 dots an inch and more.
WIDTH, HEIGHT = 600, 190
LARGEST_STORED = 24 * 1024  # a certificate stays a file that a phone on a poor line can send
SIGNATURES = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}


@dataclass(frozen=True)
class Logo:
    """A picture that may be drawn: PNG, with its size in pixels."""

    content: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """Its name."""
        return sha256(self.content).hexdigest()


def read_logo(content: bytes) -> Logo:
    """Return the picture as it is kept. Raises ValidationError with a sentence.

    The kind is told by the first bytes, whatever the file is called. The picture is decoded and written again.
    """
    if len(content) > LARGEST_FILE:
        raise ValidationError(_("This picture is too large (2 MB at most)."))
    kind = next((name for start, name in SIGNATURES.items() if content.startswith(start)), "")
    if not kind:
        if b"<svg" in content[:4096].lower():
            raise ValidationError(
                _("An SVG file can carry programs, so we do not take it. Please save the logo as PNG.")
            )
        raise ValidationError(_("This file is no PNG or JPEG picture. Please save the logo as one of them."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=[kind]) as opened:
                width, height = opened.size
                if min(width, height) < LEAST_SIDE or max(width, height) > MOST_SIDE or width * height > MOST_PIXELS:
                    raise ValidationError(
                        _("A logo is %(least)d to %(most)d pixels wide and high. This one is %(width)d × %(height)d.")
                        % {"least": LEAST_SIDE, "most": MOST_SIDE, "width": width, "height": height}
                    )
                opened.load()
                picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning) as error:
        raise ValidationError(_("This picture cannot be read. Please save it again as PNG.")) from error
    # On paper there is nothing behind it but paper: a mask would cost as much as the picture.
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return _small(paper)


def _small(picture: Image.Image) -> Logo:
    """As few bytes as needed, in as many colours as fit."""
    width, height = WIDTH, HEIGHT
    while True:
        fitted = picture.copy()
        fitted.thumbnail((width, height), Image.Resampling.LANCZOS)
        output = BytesIO()
        fitted.quantize(128, method=Image.Quantize.MEDIANCUT).save(output, "PNG", optimize=True)
        if output.tell() <= LARGEST_STORED or width < WIDTH // 4:
            return Logo(output.getvalue(), *fitted.size)
        width, height = width * 3 // 4, height * 3 // 4
