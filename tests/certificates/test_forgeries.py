"""Files dropped on the checking page: genuine is what was issued, byte for byte; 300 forgeries and hostile files."""

import random
import re
import time
import zlib
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from certificates import pdf, scanning, signing, verification
from certificates.data import Answer
from certificates.reports import facts_of
from certificates.services import credit_completion, issue_certificate, pdf_of, revoke_certificate
from tests.factories.certificates import completion_with_shares
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
CHANCE = random.Random(20260315)


@pytest.fixture(autouse=True)
def forget_failures():
    cache.clear()


@pytest.fixture
def genuine(sealed, issuer):
    """Certificates of three people, signed: the third is taken back in its own tests."""
    made = []
    for name in ("Rosa María Núñez", "Nguyễn Thị Minh Ánh", "ليلى حداد"):
        completion = completion_with_shares(UserFactory(printed_name=name))
        credit_completion(completion.pk)
        made.append(issue_certificate(completion.pk))
    return made


def flipped(content: bytes) -> bytes:
    """One bit, anywhere."""
    changed = bytearray(content)
    changed[CHANCE.randrange(len(changed))] ^= 1 << CHANCE.randrange(8)
    return bytes(changed)


def overwritten(content: bytes) -> bytes:
    """Up to forty bytes of noise, anywhere."""
    changed, start = bytearray(content), CHANCE.randrange(len(content) - 40)
    for place in range(start, start + CHANCE.randrange(1, 40)):
        changed[place] = (changed[place] + CHANCE.randrange(1, 255)) % 256
    return bytes(changed)


def truncated(content: bytes) -> bytes:
    return content[: CHANCE.randrange(1, len(content))]


def added(content: bytes) -> bytes:
    """An incremental update: a new catalogue entry, or only a comment, after the end."""
    tail = CHANCE.choice(
        [b"\n%% changed\n", b"\n1 0 obj\n<< /Hello true >>\nendobj\nstartxref\n0\n%%EOF\n", b"\n", b" "]
    )
    return content + tail * CHANCE.randrange(1, 4)


def saved_again(content: bytes) -> bytes:
    """Opened and written by another program, with another title."""
    with pikepdf.open(BytesIO(content)) as document:
        document.docinfo["/Title"] = f"Doctor of everything {CHANCE.random()}"
        output = BytesIO()
        document.save(output, object_stream_mode=CHANCE.choice(list(pikepdf.ObjectStreamMode)), static_id=True)
    return output.getvalue()


def other_facts(certificate) -> bytes:
    """Drawn by our own hand from facts that were swapped: another name, more hours, no last day."""
    swapped = CHANCE.choice(
        [
            {"recipient_name": f"Mallory {CHANCE.randrange(10_000)}"},
            {"contact_minutes": 150 + CHANCE.randrange(1, 6000)},
            {"issuer_name": f"Another provider {CHANCE.randrange(10_000)}"},
        ]
    )
    return pdf.draw_certificate(replace(facts_of(certificate), **swapped))


def test_300_forged_or_damaged_files_are_never_genuine(genuine, tmp_path):
    call_command("issue_test_keys", str(tmp_path / "other"))
    other_key = key_in(tmp_path / "other")
    contents = [pdf_of(certificate) for certificate in genuine]
    forged: list[bytes] = []
    for number in range(50):
        content, certificate = contents[number % 3], genuine[number % 3]
        drawn = other_facts(certificate)
        forged += [flipped(content), overwritten(content), truncated(content), added(content), saved_again(content)]
        forged.append(signing.signed(drawn, other_key, timezone.now()) if number % 2 else drawn)

    answers = [verification.verify_file(content).answer for content in forged]

    assert (len(forged), set(forged) & set(contents)) == (300, set())
    assert set(answers) <= {Answer.TAMPERED, Answer.UNKNOWN}
    # Whoever changed a file mostly left our link in it, and then the answer says what was really issued.
    assert answers.count(Answer.TAMPERED) > 200
    assert [verification.verify_file(content).answer for content in contents] == [Answer.STANDS] * 3


def key_in(folder):
    return signing._read(str(folder / "signer.key.pem"), str(folder / "chain.pem"), "", "")


def test_same_facts_signed_with_another_key_are_not_genuine(genuine, tmp_path):
    call_command("issue_test_keys", str(tmp_path / "other"))
    certificate = genuine[0]
    drawn = pdf.draw_certificate(facts_of(certificate))

    forged = signing.signed(drawn, key_in(tmp_path / "other"), certificate.issued_at)

    result = verification.verify_file(forged)
    assert (result.answer, result.tampering) == (Answer.TAMPERED, "changed")
    assert result.underlying.answer is Answer.STANDS


def test_something_added_after_issue_is_told_apart_from_something_changed(genuine):
    content = pdf_of(genuine[0])

    more, other = verification.verify_file(content + b"\n% more"), verification.verify_file(saved_again(content))

    assert (more.tampering, other.tampering) == ("added", "changed")
    assert more.facts.recipient_name == other.facts.recipient_name == "Rosa María Núñez"


def test_changed_file_of_a_revoked_certificate_says_both(client, genuine, operator):
    revoke_certificate(genuine[2], actor=operator, reason="Wrong person.")

    response = drop(client, pdf_of(genuine[2]) + b"\n")

    text = response.content.decode()
    assert response.context["result"].underlying.answer is Answer.REVOKED
    assert "This file was changed" in text
    assert "Wrong person." in text


def drop(client, content: bytes, language="en"):
    return client.post(f"/{language}/verify/file/", {"file": BytesIO(content)})


@pytest.mark.parametrize(("language", "words"), [("en", "This file was changed"), ("es", "Este archivo fue cambiado")])
def test_dropped_file_is_answered_in_words_without_javascript(client, genuine, language, words):
    same = drop(client, pdf_of(genuine[0]), language)
    changed = drop(client, flipped_in_text(pdf_of(genuine[0])), language)

    assert (same.status_code, same.context["result"].answer) == (200, Answer.STANDS)
    assert (changed.status_code, changed.context["result"].answer) == (200, Answer.TAMPERED)
    assert words in changed.content.decode()
    assert words not in same.content.decode()
    assert client.cookies.output() == ""


def flipped_in_text(content: bytes) -> bytes:
    return content.replace(b"<xmp:CreatorTool>Puente", b"<xmp:CreatorTool>Quente", 1)


def test_nothing_dropped_is_kept(client, genuine, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = settings.MEDIA_ROOT = str(tmp_path)

    drop(client, b"%PDF-1.7 " + b"x" * (2 * 1024 * 1024 - 20))
    drop(client, b"%PDF-1.7 " + b"x" * (20 * 1024 * 1024))

    assert list(tmp_path.iterdir()) == []


BOMB = zlib.compress(b"\0" * 60_000_000)
HOSTILE = {
    "bomb": b"%PDF-1.7\n" + b"1 0 obj << /Filter /FlateDecode >>\nstream\n" + BOMB + b"\nendstream",
    "many bombs": (b"stream\n" + BOMB[:4000]) * 400,
    "empty blocks": b"stream\n\x78\x9c" + b"\x00\x00\x00\xff\xff" * 400_000,
    "many starts in empty blocks": b"\x78\x9c" + (b"stream\n\x78\x9c" + b"\x00\x00\x00\xff\xff" * 200) * 1_900,
    "deep nesting": b"%PDF-1.7\n" + b"[" * 1_000_000 + b"]" * 1_000_000,
    "loop": b"%PDF-1.7\n1 0 obj << /Kids [1 0 R] >> endobj\nxref\ntrailer << /Root 1 0 R /Prev 9 >>\n%%EOF",
    "many ends": b"%%EOF\r\n" * 250_000,
    "many links": b"".join(b"/v/%026d/" % number for number in range(60_000)),
    "zip": b"PK\x03\x04" + b"\0" * 1000,
    "zeros": b"\0" * 1_000_000,
    "html": b"<script>alert(1)</script>" * 1000,
    "one byte": b"x",
    "surrogates": "\udcff".encode("utf-8", "surrogatepass") * 1000,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_file_is_harmless(client, db, content):
    started = time.process_time()

    response = drop(client, content)

    assert (response.status_code, response.context["result"].answer) == (404, Answer.UNKNOWN)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("size", [2 * 1024 * 1024 + 1, 30 * 1024 * 1024])
def test_too_large_a_file_is_refused_with_a_sentence(client, db, size):
    response = drop(client, b"%PDF-1.7" + b"\0" * size)

    assert response.status_code == 413
    assert "2 MB at most" in response.content.decode()


@pytest.mark.parametrize("body", [b"", b"--x", b'--x\r\nContent-Disposition: form-data; name="file"', b"\xff" * 100])
def test_broken_upload_is_no_error_of_ours(client, db, body):
    response = client.post("/en/verify/file/", body, content_type="multipart/form-data; boundary=x")

    assert response.status_code == 400


def test_scan_finds_links_in_packed_streams_and_at_most_a_few():
    packed = zlib.compress(b"<< /URI (https://puente.example/v/0123456789ABCDEFGHJKMNPQRS/) >>")
    content = b"%PDF-1.7\nstream\r\n" + packed + b"\nendstream" + b"".join(
        b" /v/%026d " % number for number in range(3)
    )  # fmt: skip

    found = scanning.scan(content)

    assert found.tokens == (*(f"{number:026d}" for number in range(3)), "0123456789ABCDEFGHJKMNPQRS")
    assert scanning.scan(b"".join(b"/v/%026d/" % number for number in range(50))).tokens == tuple(
        f"{number:026d}" for number in range(scanning.MOST_TOKENS)
    )


def test_scan_hashes_every_beginning_with_its_line_end_and_without():
    found = scanning.scan(b"a%%EOF\r\nb%%EOF")

    beginnings = [b"a%%EOF", b"a%%EOF\r", b"a%%EOF\r\n"]
    assert found.revisions == tuple(scanning.sha256(part).hexdigest() for part in beginnings)


def test_identifier_of_every_issued_file_stands_in_plain_bytes(genuine):
    for certificate in genuine:
        assert re.findall(rb"/v/([0-9A-Z]{26})/", pdf_of(certificate))[0].decode() == certificate.token


def test_file_asks_two_questions_at_most(client, genuine, django_assert_num_queries):
    content = flipped_in_text(pdf_of(genuine[0]))

    with django_assert_num_queries(2):
        drop(client, content)
