"""The words of the templates, in every language a certificate can have, and figures and days spelled out in them."""

from datetime import date

from django.utils import formats
from django.utils.translation import override

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Certificate of completion",
        "to": "This certificate is given to",
        "for": "who completed the course",
        "title_program": "Certificate of program completion",
        "for_program": "who completed the program",
        "title_period": "Statement of contact hours",
        "to_period": "This statement is given to",
        "for_period": "for the contact hours earned",
        "title_training_letter": "Verification of training",
        "letter_statement": "We confirm that the person named here completed the training listed in this letter, as "
        "our records show on the day of issue.",
        "letter_closing": "Anyone may check this letter at any time, without an account. If a line here differs "
        "from the checking page, the paper was changed.",
        "name": "Name",
        "mixed": "in several ways",
        "mixed_kind": "see below",
        "courses": "Courses of this program",
        "entries": "What this total is made of",
        "training": "Training completed",
        "last": "Last day",
        "objectives": "What the person learned to do",
        "location": "Place",
        "instructor": "Instructor",
        "seal": "Seal or stamp of the provider",
        "signature": "Signature",
        "signing_day": "Date",
        "check_training_letter": "Check this letter",
        "qr_training_letter": "QR code. It leads to the page that says if this letter stands: {link}",
        "logo": "Logo of {name}",
        "addressee": "The board that asks for it",
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
        "title_program": "Certificado de finalización de programa",
        "for_program": "por haber completado el programa",
        "title_period": "Constancia de horas de contacto",
        "to_period": "Esta constancia se otorga a",
        "for_period": "por las horas de contacto obtenidas",
        "title_training_letter": "Verificación de capacitación",
        "letter_statement": "Confirmamos que la persona nombrada aquí terminó la capacitación que se detalla en esta "
        "carta, según nuestros registros en el día de su emisión.",
        "letter_closing": "Cualquier persona puede verificar esta carta en todo momento, sin cuenta. Si una línea "
        "difiere de la página de verificación, el papel fue cambiado.",
        "name": "Nombre",
        "mixed": "en varias modalidades",
        "mixed_kind": "vea abajo",
        "courses": "Cursos de este programa",
        "entries": "De qué se compone este total",
        "training": "Capacitación terminada",
        "last": "Último día",
        "objectives": "Lo que la persona aprendió a hacer",
        "location": "Lugar",
        "instructor": "Instructor o instructora",
        "seal": "Sello del proveedor",
        "signature": "Firma",
        "signing_day": "Fecha",
        "check_training_letter": "Verifique esta carta",
        "qr_training_letter": "Código QR. Lleva a la página que dice si esta carta es válida: {link}",
        "logo": "Logotipo de {name}",
        "addressee": "La junta que la pide",
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


def for_kind(words: dict[str, str], key: str, kind: str) -> str:
    """Return the words under `key` for this kind of certificate, or those that all kinds share."""
    return words.get(f"{key}_{kind}", words[key])


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
