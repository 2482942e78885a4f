"""The demonstration site: the starter courses, and made-up people in every role, some with history.

History is made by the same services that learners' clicks call, with the clock turned back, so that the ledger, the
certificates and the statistics of the demonstration are real ones. None of these people exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from certificates.models import Issuer, Signatory
from certificates.services import revoke_certificate
from courses.services import complete_lesson, enroll, outline, save_place, start_lesson_attempt
from curriculum import register
from curriculum.fields import Translated
from curriculum.models import ProviderApproval
from people.models import Consent, Organization, Role, User
from people.services import ensure_organization, give_consent, grant_role
from quizzes import items
from quizzes.models import Attempt, ItemVersion
from quizzes.services import save_response, submit_attempt
from starter.bundles import read_bundle
from starter.loading import key_of, load_course
from starter.site import setup_site

COURSES = Path(__file__).parent / "courses"
COMPASSION = "compassion-resilience"
EARLY = "early-childhood-mental-health"
PASSWORD = "puente-demo-2026"  # noqa: S105 - printed on the screen on purpose; the demonstration is public


@dataclass(frozen=True)
class Person:
    """Someone of the demonstration. `days_ago`: when they finished which course (or stopped, after n lessons)."""

    email: str
    name: str
    language: str
    role: Role
    note: str = ""
    finished: tuple[tuple[str, int], ...] = ()
    started: tuple[tuple[str, int, int], ...] = ()  # course, days ago, lessons done
    shares_with_board: bool = False


PEOPLE = (
    Person(
        "rosa@demo.example",
        "Rosa María Núñez Peña",
        "es",
        Role.LEARNER,
        "one course finished, one half way",
        finished=((COMPASSION, 40),),
        started=((EARLY, 6, 9),),
        shares_with_board=True,
    ),
    Person("marcus@demo.example", "Marcus Bell", "en", Role.LEARNER, "just begun", started=((COMPASSION, 2, 2),)),
    Person("teresa@demo.example", "Teresa Villalobos", "es", Role.TRAINER, "writes courses at /admin/"),
    Person("anna@demo.example", "Anna Okafor", "en", Role.APPROVER, "approves and publishes at /admin/"),
    Person("luis@demo.example", "Luis Cabrera", "es", Role.PROGRAM_ADMIN, "people, rules, certificates at /admin/"),
    Person("grace@demo.example", "Grace Whitfield", "en", Role.BOARD_REVIEWER, "sees the hours shared with the board"),
)

COHORT = (
    Person("khai@demo.example", "Nguyễn Thị Minh Khai", "en", Role.LEARNER, finished=((COMPASSION, 90), (EARLY, 30)),
           shares_with_board=True),
    Person("almaz@demo.example", "አልማዝ ተስፋዬ", "en", Role.LEARNER, finished=((COMPASSION, 120),),
           shares_with_board=True),
    Person("layla@demo.example", "ليلى حداد", "en", Role.LEARNER, finished=((EARLY, 75),), shares_with_board=True),
    Person("sophea@demo.example", "សុភា ចាន់", "en", Role.LEARNER, finished=((COMPASSION, 20),), shares_with_board=True),
    Person("marielle@demo.example", "Marie-Ange Pétion", "en", Role.LEARNER, started=((COMPASSION, 12, 14),)),
    Person("joao@demo.example", "João da Conceição", "es", Role.LEARNER, finished=((COMPASSION, 200),)),
)  # fmt: skip

SUPPORT = Person("sam@demo.example", "Sam Rivera", "en", Role.SUPPORT, "helps people; changes nothing")


def is_loaded() -> bool:
    """Whether a run of `load_demo` came to its end: the last person it makes is there."""
    return User.objects.filter(email=SUPPORT.email).exists()


def load_demo(*, now: datetime | None = None) -> None:
    """Load the demonstration. A second call finds everything in place and changes nothing."""
    now = now or timezone.now()
    setup_site()
    for folder in sorted(path.parent for path in COURSES.glob("*/course.yaml")):
        load_course(read_bundle(folder))
    if is_loaded():
        return
    with _no_mail():
        _people(now)


@contextmanager
def _no_mail() -> Iterator[None]:
    """Nobody in the demonstration exists, so nobody is written to."""
    kept = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    try:
        yield
    finally:
        settings.EMAIL_BACKEND = kept


def _people(now: datetime) -> None:
    program = _program()
    board = _board()
    for person in (*PEOPLE, *COHORT):
        user = _account(person, board if person.role == Role.BOARD_REVIEWER else program)
        for course, days_ago in person.finished:
            _study(user, course, person.language, end=now - timedelta(days=days_ago))
        for course, days_ago, lessons in person.started:
            _study(user, course, person.language, end=now - timedelta(days=days_ago), lessons=lessons)
        if person.shares_with_board and not Consent.objects.current().filter(person=user).exists():
            give_consent(user, board)
    _approve(program, board, now)
    _revoke_one(now)
    _account(SUPPORT, program)


def sign_ins() -> str:
    """The sample sign-ins, as text for the terminal."""
    people = (*PEOPLE, SUPPORT)
    lines = [f"  {p.email:<22} {Role(p.role).value:<15} {p.note}" for p in people]
    return "\n".join(["Sample sign-ins (password of all: " + PASSWORD + ")", *lines])


def _program() -> Organization:
    program = ensure_organization("Puente Demonstration Program", kind=Organization.Kind.PROGRAM)
    issuer, _created = Issuer.objects.get_or_create(
        organization=program,
        defaults={
            "printed_name": "Puente Demonstration Program",
            "address": "Lawrence, Massachusetts · program@demo.example",
            "is_default": not Issuer.objects.filter(is_default=True).exists(),
        },
    )
    Signatory.objects.get_or_create(
        issuer=issuer,
        printed_name="Luis Cabrera",
        defaults={"title": Translated({"en": "Program director", "es": "Director del programa"})},
    )
    return program


def _board() -> Organization:
    """The Massachusetts board: setup_site loads it with its requirement sets, among the boards of other states."""
    return Organization.objects.get(code="MA-BOARD")


def _approve(program: Organization, board: Organization, now: datetime) -> None:
    """The board approved the program three years ago, so that hours of the demonstration can be judged. Invented."""
    provider = program.issuer.printed_name
    if ProviderApproval.objects.live().filter(authority=board, provider=provider).exists():
        return
    approval = register.record(
        ProviderApproval(
            authority=board,
            provider=provider,
            status=ProviderApproval.Status.FULL,
            first_on=timezone.localdate(now - timedelta(days=3 * 365)),
            number="DEMO (invented)",
            note="Invented for the demonstration: no board has decided this.",
        ),
        actor=None,
        now=now,
    )
    register.publish([approval], actor=User.objects.get(email="luis@demo.example"), now=now)


def _account(person: Person, organization: Organization) -> User:
    user = User.objects.filter(email=person.email).first()
    if user is None:
        user = User.objects.create_user(person.email, PASSWORD, printed_name=person.name, language=person.language)
    grant_role(user, person.role, organization)
    return user


def _study(user: User, course: str, language: str, *, end: datetime, lessons: int | None = None) -> None:
    """Let `user` take `course` so that it ends at `end`; only the first `lessons` lessons when given."""
    course_key = key_of("course", course)
    plan = outline(course_key)
    if plan is None:
        raise LookupError(f"The course {course} is not published.")
    todo = [lesson for module in plan.modules for lesson in module.lessons]
    todo = todo[: lessons if lessons is not None else len(todo)]
    clock = _sittings(end, len(todo))
    with override(language):
        enrollment = enroll(user, course_key, now=end - timedelta(days=len(todo) + 1))
        for lesson in todo:
            moment = next(clock)
            if lesson.has_quiz:
                _pass_quiz(start_lesson_attempt(enrollment, lesson.key, now=moment), moment)
            else:
                complete_lesson(enrollment, lesson.key, language=language, now=moment)
        if lessons is not None:
            _stop_reading(enrollment, course_key, len(todo), end)


def _stop_reading(enrollment, course_key: UUID, done: int, end: datetime) -> None:
    plan = outline(course_key)
    following = [lesson for module in plan.modules for lesson in module.lessons][done : done + 1] if plan else []
    for lesson in following:
        save_place(enrollment, lesson.key, "", now=end)


def _sittings(end: datetime, number: int) -> Iterator[datetime]:
    """`number` moments, one an evening, the last of them at `end`."""
    for back in count(number - 1, -1):
        yield end - timedelta(days=back)


def _pass_quiz(attempt: Attempt, moment: datetime) -> None:
    for item in attempt.attempt_items.order_by("position"):
        right = items.right_response(ItemVersion.objects.get(pk=item.version_id).spec)
        save_response(attempt, item.position, right, revision=1, now=moment + timedelta(minutes=1))
    submit_attempt(attempt, now=moment + timedelta(minutes=5))


def _revoke_one(now: datetime) -> None:
    """One certificate that no longer stands, so that the third answer can be seen."""
    joao = User.objects.get(email="joao@demo.example")
    luis = User.objects.get(email="luis@demo.example")
    for certificate in joao.certificates.filter(revocation=None):
        revoke_certificate(
            certificate,
            actor=luis,
            reason="Se emitió por error: el curso se había contado dos veces.",
            now=now - timedelta(days=150),
        )
