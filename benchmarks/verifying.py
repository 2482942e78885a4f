"""Many certificates, among which one is looked for."""

from uuid import uuid4

from certificates import codes
from certificates.models import Certificate
from courses.models import CourseCompletion, Enrollment


def many_certificates(count: int) -> int:
    """So many rows like Rosa's certificate, straight into the tables: only the checking page reads them."""
    like = Certificate.objects.get(recipient__email="rosa@demo.example")
    done = like.completion
    own = {field.attname: getattr(like, field.attname) for field in Certificate._meta.concrete_fields}
    of_completion = {field.attname: getattr(done, field.attname) for field in CourseCompletion._meta.concrete_fields}
    of_enrollment = {
        "learner_id": like.recipient_id,
        "state": Enrollment.State.COMPLETED,
        "ended_at": done.completed_at,
    }
    enrollments = Enrollment.objects.bulk_create(
        [Enrollment(course_key=uuid4(), **of_enrollment) for _number in range(count)], batch_size=1000
    )
    completions = CourseCompletion.objects.bulk_create(
        [
            CourseCompletion(**of_completion | {"id": None, "public_id": uuid4(), "enrollment_id": enrollment.pk})
            for enrollment in enrollments
        ],
        batch_size=1000,
    )
    Certificate.objects.bulk_create(
        [
            Certificate(
                **own
                | {"id": None, "public_id": uuid4(), "completion_id": each.pk, "pdf_sha256": uuid4().hex * 2}
                | {"code": codes.make_code(), "token": codes.make_token()}
            )
            for each in completions
        ],
        batch_size=1000,
    )
    return count
