"""The fonts that certificates are printed with, and which names they can print."""


def validate_printable_name(name: str) -> None:
    """Raise ValidationError where `name` cannot be printed."""
