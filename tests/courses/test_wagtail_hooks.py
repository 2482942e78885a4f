"""The trainer's CMS: who may do what, what is refused before publishing, and what may never be deleted."""

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import ProtectedError
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page, Workflow, WorkflowPage

from courses import publishing, services
from courses.errors import CourseUnfit
from courses.models import CoursePage, LessonPage, ModulePage
from people.models import Role
from people.services import grant_role, sync_roles
from tests.factories.courses import make_course
from tests.factories.people import OrganizationFactory, UserFactory


@pytest.fixture
def desk(indexes):
    """Roles and page rights, as the set-up command leaves them."""
    sync_roles()
    services.setup_course_permissions()
    return OrganizationFactory()


@pytest.fixture
def trainer(desk):
    person = UserFactory(email="teresa@example.org")
    grant_role(person, Role.TRAINER, desk)
    return person


@pytest.fixture
def approver(desk):
    person = UserFactory(email="anna@example.org")
    grant_role(person, Role.APPROVER, desk)
    return person


@pytest.fixture
def draft(indexes):
    return make_course(indexes, code="draft", is_live=False)


def course_form(page, **changes):
    return {
        "title": page.title,
        "slug": page.slug,
        "summary": page.summary,
        "helps_with": "",
        "objectives": "",
        "picture": "",
        "picture_alt": "",
        "is_sequential": "on",
        "minutes_basis": "",
        "sources-count": "0",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
        **changes,
    }


def lesson_form(page, **changes):
    return {
        "title": page.title,
        "slug": page.slug,
        **{f"comments-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL", "MIN_NUM")},
        "comments-MAX_NUM_FORMS": "",
        "minutes": str(page.minutes),
        "body-count": "0",
        "quiz": "",
        **changes,
    }


def edit_url(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def split(module, minutes):
    """Write a draft of the module in which its one competency has so many minutes."""
    module = ModulePage.objects.get(pk=module.pk)
    share = module.competencies.get()
    share.minutes = minutes
    module.competencies = [share]
    module.save_revision()


# --- Rights ---------------------------------------------------------------------------------------------------------


def test_setup_course_permissions_twice_gives_exactly_these_rights(desk, indexes):
    services.setup_course_permissions()

    rights = {
        role: sorted(
            GroupPagePermission.objects.filter(group__name=role, page=indexes["es"]).values_list(
                "permission__codename", flat=True
            )
        )
        for role in (Role.TRAINER, Role.APPROVER)
    }
    assert rights == {
        Role.TRAINER: ["add_page", "change_page"],
        Role.APPROVER: ["add_page", "change_page", "lock_page", "publish_page", "unlock_page"],
    }
    assert Workflow.objects.filter(name=publishing.WORKFLOW_NAME).count() == 1
    assert WorkflowPage.objects.filter(page__in=indexes.values()).count() == 2
    (task,) = Workflow.objects.get(name=publishing.WORKFLOW_NAME).tasks
    assert list(task.specific.groups.all()) == [Group.objects.get(name=Role.APPROVER)]


def test_trainer_writes_a_course_but_cannot_publish(client, trainer, indexes):
    client.force_login(trainer)
    url = reverse("wagtailadmin_pages:add", args=["courses", "coursepage", indexes["en"].pk])
    blank = CoursePage(title="Hope", slug="hope")

    response = client.post(url, course_form(blank, **{"action-publish": "1"}))

    page = CoursePage.objects.get(slug="hope")
    assert response.status_code == 302
    assert (page.live, page.owner) == (False, trainer)


def test_trainer_may_put_drafts_in_order_but_not_live_lessons(trainer, draft, course):
    assert draft.modules["en"][0].permissions_for_user(trainer).can_reorder_children() is True
    live = ModulePage.objects.get(pk=course.modules["en"][0].pk)
    assert live.permissions_for_user(trainer).can_reorder_children() is False


def test_shares_of_a_module_are_moved_by_buttons_not_by_numbers(client, trainer, course):
    client.force_login(trainer)

    page = client.get(edit_url(course.modules["en"][0])).content.decode()

    assert 'name="competencies-__prefix__-ORDER"' in page
    assert "-sort_order" not in page


# --- The gate -------------------------------------------------------------------------------------------------------


def test_trainer_sends_one_course_and_an_approver_publishes_it_whole(client, trainer, approver, draft):
    page = draft.pages["en"]
    client.force_login(trainer)
    client.post(edit_url(page), course_form(page, **{"action-submit": "1"}))
    page.refresh_from_db()
    assert page.current_workflow_state is not None
    assert not page.live

    client.force_login(approver)
    response = client.post(
        edit_url(page),
        course_form(page, **{"action-workflow-action": "1", "workflow-action-name": "approve"}),
        follow=True,
    )

    assert "6 drafts below the course went live with it." in response.content.decode()
    assert services.outline(draft.key).minutes == 20
    assert not Page.objects.descendant_of(page, inclusive=True).filter(live=False).exists()


def test_approver_publishes_directly_and_is_told_how_many(client, approver, draft):
    page = draft.pages["en"]
    client.force_login(approver)

    response = client.post(edit_url(page), course_form(page, **{"action-publish": "1"}), follow=True)

    assert "6 drafts below the course went live with it." in response.content.decode()
    assert len(services.outline(draft.key).lessons) == 4


@pytest.mark.parametrize("action", ["action-publish", "action-submit"])
def test_course_whose_minutes_do_not_add_up_is_saved_but_goes_nowhere(client, approver, draft, action):
    page = draft.pages["en"]
    split(draft.modules["en"][1], 7)
    client.force_login(approver)

    response = client.post(edit_url(page), course_form(page, title="Mended title", **{action: "1"}), follow=True)

    text = response.content.decode()
    assert "Module 2 en" in text
    assert "add up to 7 minutes" in text
    assert f'href="{edit_url(draft.modules["en"][1])}"' in text
    page.refresh_from_db()
    assert (page.live, page.current_workflow_state) == (False, None)
    assert page.get_latest_revision_as_object().title == "Mended title"
    assert services.outline(draft.key) is None


def test_approval_is_refused_when_the_course_broke_meanwhile(client, trainer, approver, draft):
    page = draft.pages["en"]
    client.force_login(trainer)
    client.post(edit_url(page), course_form(page, **{"action-submit": "1"}))
    split(draft.modules["en"][1], 7)
    client.force_login(approver)

    client.post(edit_url(page), course_form(page, **{"action-workflow-action": "1", "workflow-action-name": "approve"}))

    page.refresh_from_db()
    assert not page.live
    assert page.current_workflow_state is not None


def send_and_act(client, trainer, approver, page, *, broken=None, action="approve", **headers):
    """The trainer sends the course, it breaks, and the approver acts on it from the list of what waits."""
    client.force_login(trainer)
    client.post(edit_url(page), course_form(page, **{"action-submit": "1"}))
    if broken:
        split(broken, 7)
    page.refresh_from_db()
    client.force_login(approver)
    task = page.current_workflow_task_state
    url = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, task.pk])
    response = client.post(url, {"comment": "", "next": reverse("wagtailadmin_home")}, headers=headers)
    page.refresh_from_db()
    return response


@pytest.mark.parametrize("headers", [{}, {"x-requested-with": "XMLHttpRequest"}])
def test_approval_from_elsewhere_says_what_to_mend(client, trainer, approver, draft, headers):
    page, module = draft.pages["en"], draft.modules["en"][1]

    response = send_and_act(client, trainer, approver, page, broken=module, **headers)

    where = response.json()["redirect"] if headers else response.url
    assert where == edit_url(page)
    text = client.get(where).content.decode()
    assert "This course cannot be approved yet. Please mend:" in text
    assert "add up to 7 minutes" in text
    assert f'href="{edit_url(module)}"' in text
    assert "you do not have permission" not in text
    assert not page.live
    assert page.current_workflow_state.status == "in_progress"


def test_approval_from_elsewhere_publishes_whole(client, trainer, approver, draft):
    response = send_and_act(client, trainer, approver, draft.pages["en"])

    assert response.url == reverse("wagtailadmin_home")
    assert len(services.outline(draft.key).lessons) == 4


def test_a_broken_course_can_be_sent_back_from_elsewhere(client, trainer, approver, draft):
    page = draft.pages["en"]

    send_and_act(client, trainer, approver, page, broken=draft.modules["en"][1], action="reject")

    assert page.current_workflow_state.status == "needs_changes"


def test_approval_from_elsewhere_by_a_trainer_is_refused(client, trainer, draft):
    page = draft.pages["en"]

    send_and_act(client, trainer, trainer, page)

    assert not page.live
    assert page.current_workflow_state.status == "in_progress"


@pytest.mark.parametrize(("language", "label"), [("en", "Send for approval"), ("es", "Enviar para aprobación")])
def test_the_button_says_what_it_does(client, trainer, draft, language, label):
    client.force_login(trainer)

    page = client.get(edit_url(draft.pages["en"]), headers={"accept-language": language}).content.decode()

    button = page.split('name="action-submit"')[1].split("</button>")[0]
    assert label in button
    assert publishing.WORKFLOW_NAME not in button


def test_an_operator_may_call_the_workflow_something_else(desk, indexes):
    Workflow.objects.filter(name=publishing.WORKFLOW_NAME).update(name="Pares que revisan")

    publishing.setup_course_permissions()

    led = WorkflowPage.objects.filter(page__in=indexes.values()).values_list("workflow__name", flat=True)
    assert list(led) == ["Pares que revisan"] * 2
    assert not Workflow.objects.filter(name=publishing.WORKFLOW_NAME).exists()


def test_lesson_goes_live_with_its_course_only(client, approver, course):
    lesson = LessonPage.objects.get(pk=course.lessons["en"][0].pk)
    client.force_login(approver)

    response = client.post(
        edit_url(lesson), lesson_form(lesson, title="New title", **{"action-publish": "1"}), follow=True
    )

    lesson.refresh_from_db()
    assert "It goes live together with its course" in response.content.decode()
    assert lesson.title == "Lesson 1.1 en"
    assert lesson.get_latest_revision_as_object().title == "New title"
    assert 'name="action-publish"' not in client.get(edit_url(lesson)).content.decode()
    assert 'name="action-publish"' in client.get(edit_url(course.pages["en"])).content.decode()


def test_bulk_publishing_lessons_is_refused(client, approver, draft):
    client.force_login(approver)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])

    client.post(f"{url}?id={draft.lessons['en'][0].pk}&next=/admin/")

    assert not LessonPage.objects.live().exists()


def test_bulk_publishing_an_unfit_course_is_refused(client, approver, draft):
    split(draft.modules["en"][0], 1)
    client.force_login(approver)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])

    client.post(f"{url}?id={draft.pages['en'].pk}&next=/admin/")

    assert not CoursePage.objects.live().exists()


def test_last_lock_refuses_any_other_way_of_publishing(draft):
    split(draft.modules["en"][0], 1)

    with pytest.raises(CourseUnfit, match="add up to 1 minutes"):
        draft.pages["en"].get_latest_revision().publish()

    assert not CoursePage.objects.live().exists()


def test_publishing_a_course_leaves_down_what_was_taken_down(course):
    lesson = LessonPage.objects.get(pk=course.lessons["en"][3].pk)
    lesson.unpublish()
    split(course.modules["en"][1], 5)

    page = CoursePage.objects.get(pk=course.pages["en"].pk)
    page.save_revision().publish()

    lesson.refresh_from_db()
    assert not lesson.live
    assert services.outline(course.key).adds_up
    assert services.outline(course.key).minutes == 15


def test_editor_shows_the_course_at_a_glance(client, trainer, draft):
    split(draft.modules["en"][1], 7)
    client.force_login(trainer)

    text = client.get(edit_url(draft.pages["en"])).content.decode()

    assert "add up to 7 minutes" in text
    assert "T-1: 7 min" in text
    assert "Lesson 2.2 en" in text
    assert "English, Español" in text


# --- Preview --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pages", "modules", "lessons"])
def test_preview_of_drafts_needs_no_enrollment(draft, kind):
    found = getattr(draft, kind)["en"]
    page = (found if kind == "pages" else found[0]).specific
    page.title = "Only a draft"

    response = page.make_preview_request(preview_mode=page.default_preview_mode)

    assert response.status_code == 200
    assert "Only a draft" in response.content.decode()
    assert page.default_preview_size == "mobile"


# --- Translation ----------------------------------------------------------------------------------------------------


def test_translation_keeps_keys_blocks_and_quiz(client, trainer, indexes):
    built = make_course({"en": indexes["en"]}, code="solo", with_quiz=True)
    client.force_login(trainer)
    url = reverse("simple_translation:submit_page_translation", args=[built.pages["en"].pk])

    client.post(url, {"locales": [indexes["es"].locale_id], "include_subtree": "on"})

    spanish = CoursePage.objects.get(locale=indexes["es"].locale)
    assert (spanish.translation_key, spanish.live) == (built.key, False)
    lessons = list(LessonPage.objects.descendant_of(spanish).order_by("path"))
    assert [page.translation_key for page in lessons] == built.lesson_keys
    assert [page.quiz_id for page in lessons] == [page.quiz_id for page in built.lessons["en"]]
    assert [[block.id for block in page.body] for page in lessons] == [
        [block.id for block in page.body] for page in built.lessons["en"]
    ]
    facts = publishing.facts_of(spanish)
    assert facts.modules[0].shares == (("TEST", "T-1", 10),)
    assert publishing.problems_of(spanish) == []


# --- The delete guard -----------------------------------------------------------------------------------------------


@pytest.fixture
def admin_client(client, db):
    person = UserFactory(email="root@example.org", is_superuser=True, is_staff=True)
    client.force_login(person)
    return client


def delete_url(page):
    return reverse("wagtailadmin_pages:delete", args=[page.pk])


@pytest.mark.parametrize("what", ["lesson", "module", "course", "index", "twin"])
def test_what_someone_learned_from_is_not_deleted(admin_client, course, enrollment, indexes, now, what):
    services.complete_lesson(enrollment, course.lesson_keys[0], language="en", now=now)
    page = {
        "lesson": course.lessons["en"][0],
        "module": course.modules["en"][0],
        "course": course.pages["en"],
        "index": indexes["en"],
        "twin": course.lessons["es"][0],
    }[what]

    response = admin_client.post(delete_url(page), follow=True)

    assert "Unpublish it instead" in response.content.decode()
    assert Page.objects.filter(pk=page.pk).exists()
    assert LessonPage.objects.count() == 8


def test_what_nobody_learned_from_is_deleted(admin_client, course, enrollment):
    admin_client.post(delete_url(course.lessons["en"][0]))

    assert not Page.objects.filter(pk=course.lessons["en"][0].pk).exists()


def test_bulk_deleting_is_refused_for_the_whole_selection(admin_client, course, enrollment, now):
    services.complete_lesson(enrollment, course.lesson_keys[0], language="en", now=now)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    ids = [course.lessons["en"][1].pk, course.modules["en"][0].pk]

    response = admin_client.post(f"{url}?id={ids[0]}&id={ids[1]}&next=/admin/", follow=True)

    assert "Unpublish it instead" in response.content.decode()
    assert Page.objects.filter(pk__in=ids).count() == 2


@pytest.mark.parametrize("what", ["lesson", "module", "course", "index"])
def test_deleting_by_program_meets_the_last_lock(course, enrollment, indexes, now, what):
    services.complete_lesson(enrollment, course.lesson_keys[0], language="en", now=now)
    page = {
        "lesson": course.lessons["en"][0],
        "module": course.modules["en"][0],
        "course": course.pages["en"],
        "index": indexes["en"],
    }[what]

    with pytest.raises(ProtectedError), transaction.atomic():
        Page.objects.get(pk=page.pk).delete()

    assert LessonPage.objects.count() == 8


# --- Records for staff ----------------------------------------------------------------------------------------------

LISTS = ["enrollment:index", "coursecompletion:index", "courses_report"]


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_for_those_with_the_right(client, desk, learner, trainer, name):
    client.force_login(learner)
    assert client.get(reverse(name)).status_code in {302, 403}
    client.force_login(trainer)
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_lists_show_and_export_without_formulas(client, indexes, trainer, now, name):
    course = make_course(indexes, title={"en": "=HYPERLINK(1)", "es": "=HYPERLINK(1)"}, modules=1, lessons=1)
    person = UserFactory(printed_name="=cmd()", email="formula@example.org")
    enrollment = services.enroll(person, course.key, now=now)
    services.complete_lesson(enrollment, course.lesson_keys[0], language="en", now=now)
    client.force_login(trainer)

    assert "=HYPERLINK(1)" in client.get(reverse(name)).content.decode()
    export = b"".join(client.get(f"{reverse(name)}?export=csv").streaming_content).decode()

    assert "'=HYPERLINK(1)" in export
    assert ",=" not in export and "\n=" not in export


@pytest.mark.parametrize("name", ["enrollment", "coursecompletion"])
def test_records_cannot_be_written_in_the_admin(admin_client, enrollment, name):
    response = admin_client.get(f"/admin/{name}/new/")

    assert response.status_code in {302, 403, 404}
