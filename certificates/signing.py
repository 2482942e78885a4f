"""Signs PDFs (PAdES) under the issuer's key, where the operator has set one. Writes no row.

The key and its chain come from files named by settings: PEM (SIGNING_KEY_FILE with SIGNING_CHAIN_FILE, the signer's
certificate first) or PKCS#12 (SIGNING_PKCS12_FILE), with SIGNING_PASSPHRASE for either. With none of them certificates
are issued unsigned and say so; with only part of them, or with files that do not fit together, the site does not start.

The same file, key and moment give the same bytes: a stored file that was lost can be made again and compared.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

logger = logging.getLogger(__name__)
FIELD = "PuenteSeal"
ROOM_BESIDE_CHAIN = 2_048  # bytes of a signature and what is said beside the certificates


@dataclass(frozen=True)
class Seal:
    """A key that may sign. `name`: whose, as its certificate says; `fingerprint`: SHA-256 of that certificate;
    `room`: hexadecimal digits to leave for a signature."""

    name: str
    fingerprint: str
    not_before: datetime
    not_after: datetime
    signer: Any
    room: int

    def is_good_at(self, moment: datetime) -> bool:
        """Say whether a signature of this moment would be one inside the certificate's days."""
        return self.not_before <= moment <= self.not_after


def is_configured() -> bool:
    """Say whether the operator named a key."""
    return bool(settings.SIGNING_KEY_FILE or settings.SIGNING_CHAIN_FILE or settings.SIGNING_PKCS12_FILE)


def seal_for(moment: datetime) -> Seal | None:
    """Return the key to sign with at `moment`, or None where there is none or its certificate is not good then.

    A certificate of completion must not wait for the operator's paperwork: it is issued unsigned then, and the log
    says so.
    """
    if not is_configured():
        return None
    seal = configured_seal()
    if not seal.is_good_at(moment):
        logger.error(
            "The signing certificate of %s is good from %s to %s only: certificates are issued unsigned.",
            seal.name, seal.not_before.isoformat(), seal.not_after.isoformat(),
        )  # fmt: skip
        return None
    return seal


def configured_seal() -> Seal:
    """Return the key that the settings name, read once. Raises ImproperlyConfigured with what is wrong."""
    return _read(
        str(settings.SIGNING_KEY_FILE),
        str(settings.SIGNING_CHAIN_FILE),
        str(settings.SIGNING_PKCS12_FILE),
        settings.SIGNING_PASSPHRASE,
    )


@cache
def _read(key_file: str, chain_file: str, pkcs12_file: str, passphrase: str) -> Seal:
    if pkcs12_file and (key_file or chain_file):
        raise ImproperlyConfigured("Set either SIGNING_PKCS12_FILE or SIGNING_KEY_FILE with SIGNING_CHAIN_FILE.")
    if not pkcs12_file and not (key_file and chain_file):
        missing = "SIGNING_CHAIN_FILE" if key_file else "SIGNING_KEY_FILE"
        raise ImproperlyConfigured(f"Signing is configured by half: {missing} is not set.")
    secret = passphrase.encode() or None
    try:
        if pkcs12_file:
            key, own, others = pkcs12.load_key_and_certificates(Path(pkcs12_file).read_bytes(), secret)
            chain = [*([own] if own else []), *others]
        else:
            key = load_pem_private_key(Path(key_file).read_bytes(), secret)
            chain = x509.load_pem_x509_certificates(Path(chain_file).read_bytes())
    except OSError as error:
        raise ImproperlyConfigured(f"A file of the signing key cannot be read: {error}.") from error
    except (ValueError, TypeError) as error:
        raise ImproperlyConfigured(
            f"The signing key cannot be opened: {error}. Is SIGNING_PASSPHRASE the right one, and are the files whole?"
        ) from error
    if key is None or not chain:
        raise ImproperlyConfigured("The signing files hold no key, or no certificate.")
    signer = chain[0]
    if key.public_key() != signer.public_key():
        raise ImproperlyConfigured(
            "The signing key does not belong to the first certificate of its chain: put the signer's own one first."
        )
    common_names = signer.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return Seal(
        name=str(common_names[0].value) if common_names else signer.subject.rfc4514_string(),
        fingerprint=sha256(signer.public_bytes(Encoding.DER)).hexdigest(),
        not_before=signer.not_valid_before_utc,
        not_after=signer.not_valid_after_utc,
        signer=_pyhanko_signer(key, chain),
        room=2 * (ROOM_BESIDE_CHAIN + sum(len(each.public_bytes(Encoding.DER)) for each in chain)),
    )


def _pyhanko_signer(key: Any, chain: list[x509.Certificate]) -> Any:
    # pyHanko takes 30 MB and most of a second to load: only a site that signs pays for it.
    from asn1crypto.keys import PrivateKeyInfo  # noqa: PLC0415 - see above
    from pyhanko.sign.signers.pdf_cms import SimpleSigner  # noqa: PLC0415 - see above
    from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: PLC0415 - see above

    class QuickSigner(SimpleSigner):
        """Signs with the key as it was read; pyHanko would read and check it again for every file (0.1 s)."""

        def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
            if isinstance(key, rsa.RSAPrivateKey):
                return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
            return super().sign_raw(data, digest_algorithm)

    own, *others = (asn1_x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in chain)
    registry = SimpleCertificateStore()
    registry.register_multiple(others)
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return QuickSigner(signing_cert=own, signing_key=PrivateKeyInfo.load(plain), cert_registry=registry)


def signed(content: bytes, seal: Seal, moment: datetime) -> bytes:
    """Return `content` (a PDF) with a signature of `moment` that certifies it: nothing may be added after."""
    from pyhanko.pdf_utils.generic import ByteStringObject, NameObject  # noqa: PLC0415 - see _pyhanko_signer
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
    from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter  # noqa: PLC0415
    from pyhanko.sign.signers import cms_embedder  # noqa: PLC0415
    from pyhanko.sign.signers.pdf_byterange import PdfSignedData  # noqa: PLC0415

    moment = moment.astimezone(UTC)  # written into the file: the same moment, the same bytes
    writer = IncrementalPdfFileWriter(BytesIO(content))
    # pyHanko makes the second half of the identifier up; from the content it is as good, and the same each time.
    writer._document_id[1] = ByteStringObject(sha256(content).digest()[:16])
    # Title, dates and identifier stay as they were drawn; pyHanko would write the clock of this moment into them.
    writer._update_meta = lambda: None  # type: ignore[method-assign]
    # A hidden field needs no words of its own (PDF/UA-1, 7.18.1): the page says in letters who signed.
    hidden = InvisSigSettings(set_print_flag=False, set_hidden_flag=True)
    steps = cms_embedder.PdfCMSEmbedder(SigFieldSpec(FIELD, invis_sig_settings=hidden)).write_cms(FIELD, writer)
    next(steps)
    placeholder = PdfSignedData(NameObject("/Sig"), SigSeedSubFilter.PADES, moment, bytes_reserved=seal.room)
    steps.send(
        cms_embedder.SigObjSetup(
            sig_placeholder=placeholder,
            mdp_setup=cms_embedder.SigMDPSetup(
                md_algorithm="sha256", certify=True, docmdp_perms=MDPPerm.NO_CHANGES
            ),
        )
    )  # fmt: skip
    output = BytesIO()
    digest, _output = steps.send(cms_embedder.SigIOSetup(md_algorithm="sha256", output=output))
    message = asyncio.run(seal.signer.async_sign(digest.document_digest, digest_algorithm="sha256", use_pades=True))
    steps.send(message)
    return output.getvalue()
