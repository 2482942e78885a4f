"""Loading a bundle: whole or not at all, twice is once, hand edits are kept."""

import pytest
from django.core.management import CommandError, call_command
from wagtail.images import get_image_model

from courses.models import CoursePage, LessonPage, ModulePage
from courses.services import outline
from quizzes.models import Item, ItemVersion, Quiz
from starter.bundles import read_bundle
from starter.errors import StarterError
from starter.loading import key_of, load_course
from starter.site import setup_site
from tests.factories import starter as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def site():
    setup_site()


@pytest.fixture
def bundle(tmp_path):
    return read_bundle(make.write_bundle(tmp_path))


def everything() -> dict[str, int]:
    models = (CoursePage, ModulePage, LessonPage, Quiz, Item, ItemVersion, get_image_model())
    return {model.__name__: model.objects.count() for model in models}


WHOLE = {"CoursePage": 2, "ModulePage": 2, "LessonPage": 4, "Quiz": 1, "Item": 3, "ItemVersion": 3, "Image": 1}
NOTHING = dict.fromkeys(WHOLE, 0)


def test_load_course_publishes_every_language(site, bundle):
    load_course(bundle)

    assert everything() == WHOLE
    plan = outline(key_of("course", "small"))
    assert plan.languages == ("en", "es")
    assert [lesson.key for lesson in plan.lessons] == [key_of("lesson", "small-1-1"), key_of("lesson", "small-1-quiz")]
    assert plan.minutes == 12
    assert plan.adds_up
    assert {share.code: share.minutes for share in plan.shares} == {"MA-8": 8, "MA-10": 4}


def test_load_course_blocks_have_the_same_ids_in_every_language_and_pass_the_editor(site, bundle):
    load_course(bundle)

    english, spanish = LessonPage.objects.filter(translation_key=key_of("lesson", "small-1-1")).order_by("locale")
    assert [block.id for block in english.body] == [block.id for block in spanish.body]
    assert english.body.stream_block.clean(english.body)
    assert spanish.body.stream_block.clean(spanish.body)


def test_load_course_twice_is_once(site, bundle):
    load_course(bundle)
    before = LessonPage.objects.values_list("pk", "latest_revision_id").order_by("pk")
    kept = list(before)

    report = load_course(bundle)

    assert everything() == WHOLE
    assert list(before.all()) == kept
    assert report.counts["created"] == 0
    assert report.counts["changed"] == 0
    assert report.left_alone == []


def test_load_course_leaves_an_editors_change_alone_unless_told(site, bundle):
    load_course(bundle)
    page = LessonPage.objects.get(slug="leccion")
    page.title = "Mejor título"
    page.save_revision().publish()

    report = load_course(bundle)

    page.refresh_from_db()
    assert page.title == "Mejor título"
    assert len(report.left_alone) == 1

    load_course(bundle, update=True)

    page.refresh_from_db()
    assert page.title == "Lesson one (es)"


def test_load_course_without_its_competencies_writes_nothing(site, tmp_path):
    part = make.module()
    part["split"] = {"MA-99": 12}
    bundle = read_bundle(make.write_bundle(tmp_path, None, part))

    with pytest.raises(StarterError, match="MA-99"):
        load_course(bundle)

    assert everything() == NOTHING


def test_load_course_on_a_site_without_catalogue_writes_nothing(bundle):
    from curriculum.services import load_frameworks  # noqa: PLC0415 - only this test stands without setup_site

    load_frameworks()

    with pytest.raises(StarterError):
        load_course(bundle)

    assert everything() == NOTHING


def test_load_course_command_lists_faults_and_writes_nothing(site, tmp_path, capsys):
    head = make.course()
    head["minutes"] = 99
    folder = make.write_bundle(tmp_path, head)

    with pytest.raises(CommandError) as caught:
        call_command("load_course", str(folder))

    assert caught.value.returncode == 2
    assert capsys.readouterr().err == "small: the modules add up to 12 minutes, the course says 99.\n"
    assert everything() == NOTHING


def test_load_course_command_dry_run_writes_nothing(site, tmp_path):
    call_command("load_course", str(make.write_bundle(tmp_path)), "--dry-run")

    assert everything() == NOTHING


def test_setup_site_twice_is_once(site):
    from wagtail.models import Page  # noqa: PLC0415 - counted here only

    before = Page.objects.count()

    setup_site()

    assert Page.objects.count() == before
