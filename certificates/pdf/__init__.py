"""Draws certificates and transcripts as tagged PDF (PDF/UA-1): facts in, the same bytes out each time.

Reads no table, asks no clock. The words on a certificate are part of its template, in every language it can have, so
they live in `words` and not in the catalogue of translations: a new wording is a new TEMPLATE_VERSION, and an
installation whose catalogue was not compiled cannot print a Spanish speaker's certificate in English.
"""

from certificates.pdf.certificate import draw_certificate
from certificates.pdf.transcript import draw_transcript

TEMPLATE_VERSION = 3

__all__ = ["TEMPLATE_VERSION", "draw_certificate", "draw_transcript"]
