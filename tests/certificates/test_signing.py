"""Signatures: outside software accepts them, one flipped bit breaks them, and half a configuration stops the site."""

import logging
import os
import re
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.utils import timezone
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from certificates import pdf, signing
from certificates.services import credit_completion, issue_certificate, pdf_of
from tests.certificates.test_pdf import FACTS, KINDS, by_pypdf
from tests.factories.certificates import completion_with_shares


@pytest.fixture(scope="session")
def locked_keys(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("locked") / "own"
    call_command("issue_test_keys", str(folder), "--passphrase", "very secret")
    return folder


def status_of(content: bytes, root: Path):
    reader = PdfFileReader(BytesIO(content))
    (signature,) = reader.embedded_signatures
    context = ValidationContext(trust_roots=[load_cert_from_pemder(str(root))])
    return validate_pdf_signature(signature, context)


def signed_now(facts=FACTS) -> bytes:
    moment = timezone.now()
    return signing.signed(pdf.draw_certificate(facts), signing.seal_for(moment), moment)


def test_signed_file_is_accepted_by_a_validator(sealed):
    status = status_of(signed_now(), sealed / "root.pem")

    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.docmdp_ok
    assert status.trusted


def test_one_flipped_bit_is_caught(sealed):
    content = bytearray(signed_now())
    place = content.index(b"<dc:creator>") + 40
    content[place] ^= 1

    status = status_of(bytes(content), sealed / "root.pem")

    assert not status.intact
    assert not status.bottom_line


@pytest.mark.parametrize("kind", KINDS)
def test_signed_file_of_every_kind_is_whole_and_small(sealed, kind):
    content = signed_now(KINDS[kind])

    status = status_of(content, sealed / "root.pem")
    assert (status.bottom_line, status.coverage.name) == (True, "ENTIRE_FILE")
    assert len(content) < 40_000


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler is not installed")
@pytest.mark.parametrize("kind", KINDS)
def test_signed_file_is_accepted_by_pdfsig(sealed, tmp_path, kind):
    (tmp_path / "c.pdf").write_bytes(signed_now(KINDS[kind]))

    told = subprocess.run(["pdfsig", "-nocert", "c.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "Signature is Valid." in told.stdout
    assert "Total document signed" in told.stdout
    assert "ETSI.CAdES.detached" in told.stdout


def test_signing_keeps_the_file_tagged_and_named(sealed):
    reader = PdfFileReader(BytesIO(signed_now()))

    packet = reader.root["/Metadata"].data.decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in packet
    assert reader.root["/MarkInfo"]["/Marked"]
    # A signature that is seen by nobody needs no words (PDF/UA-1, 7.18.1): its field is hidden.
    (field,) = reader.root["/AcroForm"]["/Fields"]
    assert field.get_object()["/F"] & 2


def test_same_file_key_and_moment_give_the_same_bytes(sealed):
    moment = datetime.now(tz=UTC)
    drawn, seal = pdf.draw_certificate(FACTS), signing.seal_for(moment)

    assert signing.signed(drawn, seal, moment) == signing.signed(drawn, seal, moment.astimezone(None))


def test_signed_file_stays_small(sealed):
    assert len(signed_now()) < 40_000


def test_pkcs12_with_its_passphrase_signs(settings, locked_keys):
    settings.SIGNING_PKCS12_FILE, settings.SIGNING_PASSPHRASE = str(locked_keys / "signer.p12"), "very secret"

    assert status_of(signed_now(), locked_keys / "root.pem").bottom_line


def test_locked_pem_key_with_its_passphrase_signs(settings, locked_keys):
    settings.SIGNING_KEY_FILE = str(locked_keys / "signer.key.pem")
    settings.SIGNING_CHAIN_FILE = str(locked_keys / "chain.pem")
    settings.SIGNING_PASSPHRASE = "very secret"

    assert signing.configured_seal().name == "Puente development signer"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"SIGNING_KEY_FILE": "signer.key.pem"}, "SIGNING_CHAIN_FILE is not set"),
        ({"SIGNING_CHAIN_FILE": "chain.pem"}, "SIGNING_KEY_FILE is not set"),
        ({"SIGNING_PKCS12_FILE": "signer.p12", "SIGNING_KEY_FILE": "signer.key.pem"}, "Set either"),
        ({"SIGNING_KEY_FILE": "gone.pem", "SIGNING_CHAIN_FILE": "chain.pem"}, "cannot be read"),
        ({"SIGNING_KEY_FILE": "chain.pem", "SIGNING_CHAIN_FILE": "chain.pem"}, "cannot be opened"),
        ({"SIGNING_KEY_FILE": "signer.key.pem", "SIGNING_CHAIN_FILE": "root.pem"}, "does not belong"),
    ],
)
def test_half_a_configuration_is_refused_with_a_sentence(settings, keys, values, sentence):
    for name, value in values.items():
        setattr(settings, name, str(keys / value))

    with pytest.raises(ImproperlyConfigured, match=sentence):
        signing.configured_seal()


def test_wrong_passphrase_is_refused_with_a_sentence(settings, locked_keys):
    settings.SIGNING_PKCS12_FILE, settings.SIGNING_PASSPHRASE = str(locked_keys / "signer.p12"), "guess"

    with pytest.raises(ImproperlyConfigured, match="SIGNING_PASSPHRASE"):
        signing.configured_seal()


@pytest.mark.parametrize(
    "environment",
    [{"SIGNING_KEY_FILE": "/nowhere/key.pem"}, {"SIGNING_PKCS12_FILE": "/nowhere/key.p12"}],
)
def test_site_does_not_start_half_configured(environment):
    started = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env={**os.environ, **environment, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert started.returncode != 0
    assert "ImproperlyConfigured" in started.stderr


def test_expired_key_issues_unsigned_and_the_log_says_so(sealed, caplog):
    late = timezone.now() + timedelta(days=3000)

    with caplog.at_level(logging.ERROR):
        assert signing.seal_for(late) is None

    assert "issued unsigned" in caplog.text


def test_keys_are_for_their_owner_alone_and_never_replaced(keys):
    before = (keys / "signer.key.pem").read_bytes()

    with pytest.raises(CommandError, match="not empty"):
        call_command("issue_test_keys", str(keys))

    assert (keys / "signer.key.pem").read_bytes() == before
    assert stat.S_IMODE((keys / "signer.key.pem").stat().st_mode) == 0o600


def test_test_keys_are_not_made_in_production(settings, tmp_path):
    settings.SETTINGS_MODULE = "config.settings.production"

    with pytest.raises(CommandError, match="for development"):
        call_command("issue_test_keys", str(tmp_path / "keys"))

    assert not (tmp_path / "keys").exists()


# --- A certificate ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_issued_certificate_is_signed_and_says_by_whom(sealed, learner, issuer):
    completion = completion_with_shares(learner)
    certificate = issue_credited(completion)
    content = pdf_of(certificate)

    assert certificate.signed_by == "Puente Training Collaborative"
    assert re.fullmatch("[0-9a-f]{64}", certificate.signer_fingerprint)
    assert status_of(content, sealed / "root.pem").bottom_line


@pytest.mark.django_db
def test_without_a_key_the_certificate_is_issued_and_says_so(client, learner, issuer):
    certificate = issue_credited(completion_with_shares(learner))
    client.force_login(learner)

    page = client.get(f"/en/certificates/{certificate.public_id}/").content.decode()

    assert (certificate.signed_by, certificate.signer_fingerprint) == ("", "")
    assert PdfFileReader(BytesIO(pdf_of(certificate))).embedded_signatures == []
    assert "The file carries no digital signature." in page


@pytest.mark.django_db
def test_page_says_who_signed(client, sealed, learner, issuer):
    certificate = issue_credited(completion_with_shares(learner))

    page = client.get(f"/en/verify/{certificate.token}/").content.decode()

    assert "Puente Training Collaborative, in the file itself" in page


def issue_credited(completion):
    credit_completion(completion.pk)
    return issue_certificate(completion.pk)


def test_signed_name_stands_on_the_page():
    lines = by_pypdf(pdf.draw_certificate(replace(FACTS, signed_by="Puente CA")))

    assert "Digitally signed by Puente CA." in lines


@pytest.mark.django_db
def test_transcript_is_signed_too(client, sealed, learner, issuer):
    issue_credited(completion_with_shares(learner))
    client.force_login(learner)

    content = client.get("/en/path/hours.pdf").content

    assert status_of(content, sealed / "root.pem").bottom_line
    assert "Digitally signed by Puente Training Collaborative." in by_pypdf(content)
