"""A server to be killed: run as a script by test_faults.

For each line "attempt revision" on its input it makes a child that saves one answer after the other, and says on its
output "ack position revision key" once the answer is acknowledged. The parent says "pid N" first, and "dead N" when the
child is gone.
"""

import os
import sys

import django


def serve(attempt_pk: int, revision: int) -> None:
    """Save until killed: questions in turn, right and wrong in turn."""
    attempt = Attempt.objects.get(pk=attempt_pk)
    rows = list(attempt.attempt_items.select_related("version").order_by("position"))
    while True:
        for row in rows:
            revision += 1
            keys = [choice["key"] for choice in row.version.question["choices"]]
            key = keys[revision % len(keys)]
            kept = services.save_response(attempt, row.position, [key], revision=revision)
            if kept.revision == revision:
                os.write(1, f"ack {row.position} {revision} {key}\n".encode())


def main() -> None:
    for line in sys.stdin:
        attempt_pk, revision = map(int, line.split())
        child = os.fork()
        if not child:
            serve(attempt_pk, revision)
        os.write(1, f"pid {child}\n".encode())
        os.waitpid(child, 0)
        os.write(1, f"dead {child}\n".encode())


if __name__ == "__main__":
    django.setup()

    from quizzes import services
    from quizzes.models import Attempt

    main()
