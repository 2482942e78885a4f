"""Make a chain of keys for development: a root, and a signer under it. Nobody outside trusts it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

# Document signing, and mail protection beside it: readers built on NSS (pdfsig) look for that one.
PURPOSES = [x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"), x509.ExtendedKeyUsageOID.EMAIL_PROTECTION]
GOOD_FOR = timedelta(days=2 * 365)
NO_USAGE = dict.fromkeys(
    (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    ),
    False,
)  # fmt: skip


class Command(BaseCommand):
    help = "Make keys to sign certificates with in development. Real ones: docs/guides/operator.md."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", default=str(Path(settings.DATA_DIR) / "keys"))
        parser.add_argument("--name", default="Puente development signer", help="whose name stands in the signature")
        parser.add_argument("--passphrase", default="", help="protects the key and the PKCS#12 file")

    def handle(self, *args, folder, name, passphrase, **options):
        if settings.SETTINGS_MODULE == "config.settings.production":
            raise CommandError("These keys are for development. How to get real ones: docs/guides/operator.md.")
        place = Path(folder)
        if place.exists() and any(place.iterdir()):
            raise CommandError(f"{place} is not empty. Nothing was written: keys are never replaced by this command.")
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        root_key, root = _certificate("Puente development root", None, is_root=True)
        key, own = _certificate(name, (root_key, root), is_root=False)
        lock = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
        # The root's key is thrown away: nothing here can make a second signer.
        _write(place / "root.pem", root.public_bytes(Encoding.PEM))
        _write(place / "chain.pem", own.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM))
        _write(place / "signer.key.pem", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
        _write(place / "signer.p12", pkcs12.serialize_key_and_certificates(name.encode(), key, own, [root], lock))
        self.stdout.write(
            f"SIGNING_KEY_FILE={place / 'signer.key.pem'}\nSIGNING_CHAIN_FILE={place / 'chain.pem'}\n"
            "# or, instead of these two:\n"
            f"# SIGNING_PKCS12_FILE={place / 'signer.p12'}\n"
            + ("# and SIGNING_PASSPHRASE, as you chose it\n" if passphrase else "")
            + f"# To see it trusted, give your reader {place / 'root.pem'} as a root."
        )


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _certificate(name: str, issuer: tuple[rsa.RSAPrivateKey, x509.Certificate] | None, *, is_root: bool):
    """Return a new key and its certificate, signed by `issuer` or by itself."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    issuer_key, issuer_name = (issuer[0], issuer[1].subject) if issuer else (key, subject)
    now = datetime.now(tz=UTC).replace(microsecond=0)
    usage = NO_USAGE | (
        {"key_cert_sign": True, "crl_sign": True}
        if is_root
        else {"digital_signature": True, "content_commitment": True}
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + GOOD_FOR)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )  # fmt: skip
    if not is_root:
        builder = builder.add_extension(x509.ExtendedKeyUsage(PURPOSES), critical=False)
    return key, builder.sign(issuer_key, hashes.SHA256())
