"""What courses listens to: graded and voided attempts, and pages that went live, went away or moved."""

from django.db.models.signals import post_delete, pre_delete
from wagtail.signals import page_published, page_unpublished, post_page_move, pre_page_move

from courses import publishing, services
from courses.models import CoursePage, LessonPage, ModulePage
from courses.outlines import forget
from quizzes.signals import attempt_graded, attempt_reopened, attempt_voided

PAGES = (CoursePage, ModulePage, LessonPage)


def record_result(sender, attempt_id: int, **kwargs) -> None:
    services.record_attempt_result(attempt_id)


def reverse_result(sender, attempt_id: int, **kwargs) -> None:
    services.reverse_completion(attempt_id)


def follow_reopened(sender, attempt_id: int, **kwargs) -> None:
    services.follow_reopened(attempt_id)


def forget_outline(sender, instance, **kwargs) -> None:
    forget(instance)


def publish_below(sender, instance, **kwargs) -> None:
    publishing.publish_below(instance)


def refuse_delete(sender, instance, **kwargs) -> None:
    publishing.refuse_delete(instance)


def connect() -> None:
    """Connect every receiver; called once, from the app config."""
    attempt_graded.connect(record_result, dispatch_uid="courses.record_result")
    attempt_voided.connect(reverse_result, dispatch_uid="courses.reverse_result")
    page_published.connect(publish_below, sender=CoursePage, dispatch_uid="courses.publish_below")
    attempt_reopened.connect(follow_reopened, dispatch_uid="courses.follow_reopened")
    for page in PAGES:
        name = page.__name__
        page_published.connect(forget_outline, sender=page, dispatch_uid=f"courses.published.{name}")
        page_unpublished.connect(forget_outline, sender=page, dispatch_uid=f"courses.unpublished.{name}")
        pre_page_move.connect(forget_outline, sender=page, dispatch_uid=f"courses.moving.{name}")
        post_page_move.connect(forget_outline, sender=page, dispatch_uid=f"courses.moved.{name}")
        pre_delete.connect(refuse_delete, sender=page, dispatch_uid=f"courses.delete.{name}")
        post_delete.connect(forget_outline, sender=page, dispatch_uid=f"courses.deleted.{name}")
