"""The words of the templates, in every language a certificate can have, and figures and days spelled out in them."""

from datetime import date

from django.utils import formats
from django.utils.translation import override

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Certificate of completion",
        "to": "This certificate is given to",
        "for": "who completed the course",
        "hours": "Contact hours",
        "completed": "Completed on",
        "delivery": "Way of learning",
        "self_paced": "self-paced, online",
        "live_online": "live, online",
        "in_person": "in person",
        "self_paced_kind": "home study",
        "live_online_kind": "webinar",
        "in_person_kind": "live",
        "competencies": "Contact time by competency",
        "total": "Total",
        "signed": "Signed for the provider",
        "provider": "Provider",
        "number": "Provider number",
        "check": "Check this certificate",
        "scan": "Scan the code, or go to",
        "type": "and type this code and the surname:",
        "issued": "Issued on",
        "expires": "Good until",
        "version": "Course version",
        "language": "Language of the course",
        "en": "English",
        "es": "Spanish",
        "not_state": "This is not a state certification. It shows training that was finished; only a board certifies.",
        "continued": "continued",
        "transcript": "Transcript of contact hours",
        "of": "of",
        "all_time": "All entries",
        "from": "From",
        "until": "to",
        "date": "Date",
        "activity": "Activity",
        "time": "Time",
        "credit": "credit",
        "reversal": "taken back",
        "adjustment": "adjustment",
        "reason": "Reason",
        "page": "Page",
        "no_entries": "There are no entries in these dates.",
        "qr": "QR code. It leads to the page that says if this certificate stands: {link}",
        "unsigned": "This file carries no digital signature: check it at the address above.",
        "approved_by": "Approved on that day by {authority}",
        "signed_by": "Digitally signed by {name}.",
    },
    "es": {
        "title": "Certificado de finalización",
        "to": "Este certificado se otorga a",
        "for": "por haber completado el curso",
        "hours": "Horas de contacto",
        "completed": "Fecha en que terminó",
        "delivery": "Modalidad",
        "self_paced": "en línea, a su propio ritmo",
        "live_online": "en línea, en vivo",
        "in_person": "en persona",
        "self_paced_kind": "estudio en casa",
        "live_online_kind": "seminario web",
        "in_person_kind": "en vivo",
        "competencies": "Tiempo de contacto por competencia",
        "total": "Total",
        "signed": "Firma por el proveedor",
        "provider": "Proveedor",
        "number": "Número de proveedor",
        "check": "Verifique este certificado",
        "scan": "Escanee el código o visite",
        "type": "y escriba este código y el apellido:",
        "issued": "Emitido el",
        "expires": "Válido hasta",
        "version": "Versión del curso",
        "language": "Idioma del curso",
        "en": "inglés",
        "es": "español",
        "not_state": "Esta no es una certificación estatal. "
        "Muestra una capacitación terminada; solo una junta certifica.",
        "continued": "continuación",
        "transcript": "Historial de horas de contacto",
        "of": "de",
        "all_time": "Todos los registros",
        "from": "Del",
        "until": "al",
        "date": "Fecha",
        "activity": "Actividad",
        "time": "Tiempo",
        "credit": "crédito",
        "reversal": "anulado",
        "adjustment": "ajuste",
        "reason": "Motivo",
        "page": "Página",
        "no_entries": "No hay registros en estas fechas.",
        "qr": "Código QR. Lleva a la página que dice si este certificado es válido: {link}",
        "unsigned": "Este archivo no lleva firma digital: verifíquelo en la dirección de arriba.",
        "approved_by": "Con aprobación, en esa fecha, de {authority}",
        "signed_by": "Firmado digitalmente por {name}.",
    },
}
UNITS = {
    "en": (("hour", "hours"), ("minute", "minutes")),
    "es": (("hora", "horas"), ("minuto", "minutos")),
}


def language_of(code: str) -> str:
    """Return the language of the words for `code`."""
    return code if code in WORDS else "en"


def other_language(code: str) -> str:
    """Return the language of the small second labels."""
    return "en" if code == "es" else "es"


def spoken(minutes: int, language: str) -> str:
    """150 → "2 hours 30 minutes". Never decimals."""
    (hour, hours), (minute, plural) = UNITS[language]
    whole, rest = divmod(abs(minutes), 60)
    parts = []
    if whole:
        parts.append(f"{whole} {hour if whole == 1 else hours}")
    if rest or not whole:
        parts.append(f"{rest} {minute if rest == 1 else plural}")
    return ("−" if minutes < 0 else "") + (" y " if language == "es" else " ").join(parts)


def written(day: date, language: str) -> str:
    """Return the day written out, in the language."""
    with override(language):
        return str(formats.date_format(day, "DATE_FORMAT"))
