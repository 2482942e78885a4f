"""Draws certificates, letters and transcripts as tagged PDF (PDF/UA-1): facts in, the same bytes out each time.

Reads no table, asks no clock. The words on a certificate are part of its template, in every language it can have, so
they live in `words` and not in the catalogue of translations: a new wording is a new TEMPLATE_VERSION, and an
installation whose catalogue was not compiled cannot print a Spanish speaker's certificate in English.
"""

from certificates.data import CertificateFacts
from certificates.designs import HOUSE, LETTER, Design
from certificates.pdf.certificate import draw_front
from certificates.pdf.letter import draw_letter
from certificates.pdf.transcript import draw_transcript

TEMPLATE_VERSION = 4


def draw_certificate(facts: CertificateFacts, design: Design = HOUSE, picture: bytes | None = None) -> bytes:
    """Return a certificate of any kind as tagged PDF. `picture`: the logo of the design."""
    return (draw_letter if facts.kind == LETTER else draw_front)(facts, design, picture)


__all__ = ["TEMPLATE_VERSION", "draw_certificate", "draw_transcript"]
