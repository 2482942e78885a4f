"""A page of a PDF as a picture, for previews at the desk. Nothing that is issued passes here."""

from io import BytesIO
from threading import Lock

_ONE_AT_A_TIME = Lock()  # PDFium is not made for threads


def page_as_png(content: bytes, *, width: int = 520) -> bytes:
    """Return the first page, so many pixels wide."""
    import pypdfium2  # noqa: PLC0415 - takes 8 MB: only who previews pays for it

    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(content)
        try:
            page = document[0]
            picture = page.render(scale=width / page.get_width()).to_pil()
        finally:
            document.close()
    output = BytesIO()
    picture.convert("RGB").quantize(128).save(output, "PNG")
    return output.getvalue()
