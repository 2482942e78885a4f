"""Files as answers: what is taken, what is refused without a trace, and who may open them."""

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from quizzes import services
from quizzes.errors import AttemptClosed, InvalidResponse, InvalidUpload
from quizzes.formats.answers import DOCX, ODT, answer_type
from quizzes.models import AnswerFile, MarkingTask, Response
from tests.factories.people import make_trainer
from tests.factories.quizzes import ItemFactory, QuizFactory
from tests.quizzes.test_models import provoke

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 64
PDF = b"%PDF-1.7\n%%EOF"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'></svg>"


def document(*names: str, mimetype: str = "") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as container:
        if mimetype:
            container.writestr("mimetype", mimetype)
        for name in names:
            container.writestr(name, "x")
    return content.getvalue()


WORD = document("[Content_Types].xml", "word/document.xml")


def file(content=PNG, name="photo.png", type="image/png"):
    return SimpleUploadedFile(name, content, type)


def upload_quiz(**spec):
    return QuizFactory(items=[ItemFactory(kind="upload", points=2, **{"accept": "image"} | spec)])


def start(learner, **spec):
    return services.start_attempt(learner, upload_quiz(**spec))


def stored() -> list[Path]:
    return [path for path in Path(storages["answers"].location).rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def empty_folder():
    for path in stored():
        path.unlink()


# --- Types ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "accept", "type"),
    [
        (PNG, "image", "image/png"),
        (JPEG, "image", "image/jpeg"),
        (PNG, "document", None),
        (PNG, "audio", None),
        (SVG, "image", None),
        (b"\0\0\0\x18ftypheic" + b"\0" * 20, "image", None),
        (b"\0\0\0\x18ftypM4A " + b"\0" * 20, "audio", "audio/mp4"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 20, "audio", "audio/mp4"),
        (b"\0\0\0\x18ftyp3gp4" + b"\0" * 20, "audio", "audio/3gpp"),
        (b"\x1aE\xdf\xa3" + b"\0" * 20, "audio", "audio/webm"),
        (b"#!AMR\n", "audio", "audio/amr"),
        (b"\xff\xf1\x50\x80", "audio", "audio/aac"),
        (b"\xff\xfb\x90\x00", "audio", "audio/mpeg"),
        (b"OggS", "audio", "audio/ogg"),
        (b"fLaC", "audio", "audio/flac"),
        (PDF, "document", "application/pdf"),
        (WORD, "document", DOCX),
        (document("content.xml", mimetype=ODT), "document", ODT),
        (document("content.xml", mimetype="application/epub+zip"), "document", None),
        (document("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "document", None),
        (document("Basic/x.xml", mimetype=ODT), "document", None),
        (document("virus.exe"), "document", None),
        (b"PK\x03\x04 broken", "document", None),
        (b"<html><script>", "document", None),
        (b"MZ\x90", "image", None),
        (b"", "image", None),
    ],
)
def test_type_is_what_the_bytes_are(content, accept, type):
    assert answer_type(content, accept) == type


# --- Sending -------------------------------------------------------------------------------------------------------


def test_upload_is_kept_privately_and_waits_for_a_person(learner, now):
    attempt = start(learner)

    response = services.save_upload(attempt, 1, files=[file(name="../../My photo.pdf")], now=now)
    closed = services.submit_attempt(attempt)

    kept = AnswerFile.objects.get()
    assert response.value == {"files": [kept.token]}
    assert (kept.name, kept.type, kept.size, len(kept.token)) == ("My photo.png", "image/png", len(PNG), 27)
    assert [path.read_bytes() for path in stored()] == [PNG]
    assert stored()[0].name == kept.token
    assert (closed.state, MarkingTask.objects.get().state) == ("submitted", "first")


def test_upload_again_takes_the_place_and_the_earlier_one_is_kept(learner):
    attempt = start(learner)
    first = services.save_upload(attempt, 1, files=[file()]).value["files"]

    second = services.save_upload(attempt, 1, keep=first, files=[file(JPEG, "other.jpg")]).value["files"]

    assert (len(second), set(second) & set(first)) == (1, set())
    assert (AnswerFile.objects.count(), len(stored())) == (2, 2)


def test_upload_of_several_keeps_those_that_are_ticked(learner):
    attempt = start(learner, max_files=2)
    first, second = services.save_upload(attempt, 1, files=[file(), file(JPEG, "b.jpg")]).value["files"]

    with pytest.raises(InvalidUpload, match="at most 2 files"):
        services.save_upload(attempt, 1, keep=[first, second], files=[file()])
    kept = services.save_upload(attempt, 1, keep=[second], files=[file()]).value["files"]

    assert (len(kept), kept[0], len(stored())) == (2, second, 3)
    assert services.save_upload(attempt, 1).value == {}


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"<html><script>alert(1)</script>", "photo.png", "“photo.png” is not what its name says"),
        (PDF, "photo.jpg", "This question takes a picture"),
        (SVG, "drawing.svg", "This question takes a picture"),
        (PNG + b"\0" * 1_000_000, "big.png", "“big.png” is too large: this question takes files up to 1 MB."),
        (b"", "none.png", "“none.png” is empty"),
    ],
)
def test_upload_that_is_refused_leaves_nothing(learner, content, name, sentence):
    attempt = start(learner, max_megabytes=1, max_files=2)

    with pytest.raises(InvalidUpload, match=sentence):
        services.save_upload(attempt, 1, files=[file(), file(content, name)])

    assert (AnswerFile.objects.count(), Response.objects.count(), stored()) == (0, 0, [])


def test_upload_to_a_closed_attempt_leaves_nothing(learner):
    attempt = start(learner)
    services.submit_attempt(attempt)

    with pytest.raises(AttemptClosed):
        services.save_upload(attempt, 1, files=[file()])

    assert (AnswerFile.objects.count(), stored()) == (0, [])


@pytest.mark.parametrize("position", [1, 2])
def test_upload_where_no_file_is_asked_leaves_nothing(learner, position):
    attempt = services.start_attempt(learner, QuizFactory(items=[ItemFactory()]))

    with pytest.raises(InvalidUpload):
        services.save_upload(attempt, position, files=[file()])

    assert (AnswerFile.objects.count(), stored()) == (0, [])


def test_file_of_somebody_else_is_no_answer(learner, stranger):
    quiz = upload_quiz()
    theirs = services.save_upload(services.start_attempt(stranger, quiz), 1, files=[file()]).value["files"]
    mine = services.start_attempt(learner, quiz)

    with pytest.raises(InvalidResponse, match="not sent for this question"):
        services.save_response(mine, 1, {"files": theirs}, revision=1)
    assert services.save_upload(mine, 1, keep=theirs).value == {}


def test_file_is_never_changed(learner):
    services.save_upload(start(learner), 1, files=[file()])

    provoke("answerfile_never_changes", lambda: AnswerFile.objects.update(name="other"))


def test_returned_upload_is_sent_again(learner):
    attempt = start(learner)
    before = services.save_upload(attempt, 1, files=[file()]).value
    services.submit_attempt(attempt)
    tess = make_trainer()
    returned = services.return_answer(MarkingTask.objects.get(), actor=tess, revision=1, reason="Too dark.")

    with pytest.raises(InvalidUpload):
        services.upload_again(attempt, 1, files=[file(PDF)])
    after = services.upload_again(attempt, 1, files=[file(JPEG)])

    assert (returned.earlier_value, after.revision, len(stored())) == (before, 2, 2)
    assert after.value != before


# --- Pages ---------------------------------------------------------------------------------------------------------


def urls(attempt, token):
    task = MarkingTask.objects.get()
    return (
        reverse("quizzes:answer_file", args=[attempt.public_id, token]),
        reverse("marking:file", args=[task.pk, token]),
    )


def test_form_sends_a_file_without_a_script(client, learner):
    attempt = start(learner)
    client.force_login(learner)

    page = client.get(reverse("quizzes:attempt", args=[attempt.public_id])).content.decode()
    target = reverse("quizzes:upload", args=[attempt.public_id, 1])
    response = client.post(target, {"upload": file(), "go": "check"})
    shown = client.get(reverse("quizzes:attempt", args=[attempt.public_id]), {"q": 1}).content.decode()

    assert (f'enctype="multipart/form-data" action="{target}"' in page, 'capture="environment"' in page) == (True, True)
    assert response.url == reverse("quizzes:submit", args=[attempt.public_id])
    assert "Sent: photo.png" in shown


def test_form_says_why_a_file_is_refused(client, learner):
    attempt = start(learner)
    client.force_login(learner)

    response = client.post(
        reverse("quizzes:upload", args=[attempt.public_id, 1]), {"upload": file(b"MZ lies", "photo.png")}
    )

    assert response.status_code == 400
    assert "“photo.png” is not what its name says" in response.content.decode()
    assert stored() == []


def test_file_goes_to_its_owner_and_to_those_who_mark_only(client, learner, stranger):
    attempt = start(learner)
    token = services.save_upload(attempt, 1, files=[file()]).value["files"][0]
    services.submit_attempt(attempt)
    own, marked = urls(attempt, token)

    for person, url, status in (
        (learner, own, 200),
        (make_trainer(), marked, 200),
        (stranger, own, 404),
        (stranger, marked, 403),
        (learner, marked, 403),
        (make_trainer(), own, 404),
    ):
        client.force_login(person)
        response = client.get(url)
        assert response.status_code == status, (person, url)
        if status == 200:
            assert b"".join(response.streaming_content) == PNG
            assert response["Content-Type"] == "image/png"
            assert response["X-Content-Type-Options"] == "nosniff"
            assert response["Content-Disposition"] == 'attachment; filename="photo.png"'
            assert "sandbox" in response["Content-Security-Policy"]
            assert "private" in response["Cache-Control"]


def test_file_is_not_served_to_who_is_not_signed_in(client, learner):
    attempt = start(learner)
    token = services.save_upload(attempt, 1, files=[file()]).value["files"][0]
    services.submit_attempt(attempt)

    for url in urls(attempt, token):
        assert "login" in client.get(url).url


def test_blind_marker_sees_no_name_of_a_file(client, learner):
    quiz = upload_quiz()
    quiz.is_marked_blind = True
    quiz.save()
    attempt = services.start_attempt(learner, quiz)
    token = services.save_upload(attempt, 1, files=[file(name="rosa-nunez.png")]).value["files"][0]
    services.submit_attempt(attempt)
    client.force_login(make_trainer())

    page = client.get(reverse("marking:mark", args=[MarkingTask.objects.get().pk])).content.decode()
    response = client.get(urls(attempt, token)[1])

    assert b"".join(response.streaming_content) == PNG
    assert "rosa-nunez" not in page
    assert response["Content-Disposition"] == 'attachment; filename="answer.png"'


@pytest.mark.parametrize("name", ["upload", "again"])
def test_stranger_sends_nothing(client, learner, stranger, name):
    attempt = start(learner)
    client.force_login(stranger)

    response = client.post(
        reverse(f"quizzes:{name}", args=[attempt.public_id, 1]), {"upload": file(), "kind": "upload"}
    )

    assert response.status_code == 404
    assert (AnswerFile.objects.count(), stored()) == (0, [])
