"""`make bench`: what the main pages cost, beside a bare Django view and a bare Wagtail page measured in the same run.

Processor time of this process a request (median), statements, and compressed bytes. Absolute figures belong to the
machine of the day; the ratios are what to compare.
"""

import gc
import gzip
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from io import StringIO
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import quote

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone, translation  # noqa: E402
from wagtail.models import Page, Site  # noqa: E402

from benchmarks import attempts, quizzes, requirements, verifying  # noqa: E402
from certificates import signing  # noqa: E402
from certificates.models import Certificate  # noqa: E402
from certificates.pdf import draw_certificate  # noqa: E402
from certificates.reports import facts_of  # noqa: E402
from courses.services import outline  # noqa: E402
from people.models import User  # noqa: E402
from quizzes import reports  # noqa: E402
from quizzes.models import Quiz  # noqa: E402
from starter.demo import COMPASSION, load_demo  # noqa: E402
from starter.loading import key_of  # noqa: E402

ROUNDS = 30


@dataclass
class Figure:
    name: str
    milliseconds: float
    statements: int
    compressed: int
    goal: str = ""


def apart(make: Callable[[int], int], count: int) -> int:
    """What `make` returns, done in a process of its own: a process that serves has not made the data that it reads, and
    making much of it leaves a heap behind in which all else is slower."""
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=django.setup) as other:
        return other.submit(make, count).result()


def cost(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median processor milliseconds of one call, after three calls that do not count; what is loaded by then is set
    aside from the search for garbage."""
    gc.collect()
    gc.freeze()
    for _warm in range(3):
        work()
    times = []
    for _round in range(rounds):
        began = time.process_time()
        work()
        times.append((time.process_time() - began) * 1000)
    return statistics.median(times)


def counted(work: Callable[[], object]) -> int:
    """Number of statements of one call. Taken at once: the next request empties Django's log."""
    with CaptureQueriesContext(connection) as queries:
        work()
        return len(connection.queries_log) - queries.initial_queries


def page(name: str, client: Client, path: str, goal: str = "") -> Figure:
    response = client.get(path)
    assert response.status_code == 200, (name, path, response.status_code)
    statements = counted(lambda: client.get(path))
    return Figure(name, cost(lambda: client.get(path)), statements, len(gzip.compress(response.content)), goal)


def signed_in(email: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(email=email), backend="django.contrib.auth.backends.ModelBackend")
    return client


def bare_page() -> Client:
    """A client of a second site whose front page is a plain Wagtail page with a template of one line."""
    bare = Page.get_first_root_node().add_child(instance=Page(title="Bare", slug="bare", live=True))
    Site.objects.create(hostname="bare.example", root_page=bare)
    return Client(SERVER_NAME="bare.example", headers={"accept-language": "en"})


def test_seal() -> signing.Seal:
    """A key as `issue_test_keys` makes it."""
    folder = Path(tempfile.mkdtemp(prefix="puente-keys-")) / "keys"
    call_command("issue_test_keys", str(folder), stdout=StringIO())
    settings.SIGNING_PKCS12_FILE = str(folder / "signer.p12")
    return signing.configured_seal()


def figures_of_quizzes() -> list[Figure]:
    """The desk's results and statistics of few attempts and of many, beside the desk with an empty quiz."""
    trainer = signed_in("luis@demo.example")
    empty = quizzes.quiz_of("bench-empty")
    found = [page("desk, results of nobody", trainer, reverse("quizzes_admin:inspect", args=[empty.pk]))]
    for count in (200, 20_000):
        quiz = Quiz.objects.get(pk=apart(quizzes.sent_quiz, count))
        url = reverse("quizzes_admin:inspect", args=[quiz.pk])
        found.append(page(f"results of {count:,}", trainer, url, "25 ms, flat"))
        middle = reports.page_of(reports.results_of(quiz), order="newest").after
        found.append(page(f"results of {count:,}, next page", trainer, f"{url}?after={quote(middle)}", "25 ms, flat"))
    for count, goal in ((200, "30 ms"), (5_000, "80 ms")):
        quiz = Quiz.objects.get(pk=apart(quizzes.answered_quiz, count))
        url = reverse("quizzes_admin:statistics", args=[quiz.pk])
        found.append(page(f"item statistics of {count:,}, page", trainer, url, goal))
        of_items = partial(reports.analysis_of, quiz, language="en")
        found.append(Figure(f"item statistics of {count:,}, alone", cost(of_items), counted(of_items), 0, goal))
    return found


def main() -> None:
    began = time.perf_counter()
    call_command("migrate", verbosity=0)
    load_demo()
    print(f"Demonstration site made in {time.perf_counter() - began:.0f} s\n")
    translation.activate("en")
    anyone = Client(headers={"accept-language": "en"})
    rosa, marcus = signed_in("rosa@demo.example"), signed_in("marcus@demo.example")
    plan = outline(key_of("course", COMPASSION))
    certificate = Certificate.objects.filter(recipient__email="rosa@demo.example").get()
    bare = page("bare Wagtail page", bare_page(), "/en/")
    floor = page("bare Django view", anyone, "/healthz")
    figures = [
        floor,
        bare,
        page("lesson, signed in", marcus, plan.lessons[0].paths["en"], "8 ms, 7 statements"),
        page("course, signed in", marcus, plan.paths["en"], "10 ms, 10 statements"),
        page("my path", rosa, reverse("certificates:my_path"), "12 ms"),
        page("catalogue, stranger", anyone, "/en/courses/"),
        page(
            "certificate check, stranger",
            anyone,
            reverse("certificates:verify_token", args=[certificate.token]),
            "3.5 ms, 3 statements",
        ),
    ]
    facts = facts_of(certificate)
    size = len(draw_certificate(facts))
    statements = counted(lambda: draw_certificate(facts))
    unsigned = cost(lambda: draw_certificate(facts))
    figures.append(Figure("certificate PDF", unsigned, statements, size, "20 ms, 40 kB"))
    seal, moment = test_seal(), timezone.now()
    signed_facts = replace(facts, signed_by=seal.name)
    size = len(signing.signed(draw_certificate(signed_facts), seal, moment))
    signed = cost(lambda: signing.signed(draw_certificate(signed_facts), seal, moment))
    figures.append(Figure("certificate PDF, signed", signed, 0, size, "55 ms, 40 kB"))
    figures += figures_of_quizzes()
    apart(verifying.many_certificates, 50_000)
    figures.append(
        page(
            f"certificate check among {Certificate.objects.count():,}",
            anyone,
            reverse("certificates:verify_token", args=[certificate.token]),
            "3.5 ms, 3 statements",
        )
    )
    print(f"{'':44}{'CPU ms':>8}{'x view':>8}{'x page':>8}{'SQL':>6}{'gzip kB':>9}  goal")
    for figure in figures:
        ratios = f"{figure.milliseconds / floor.milliseconds:8.1f}{figure.milliseconds / bare.milliseconds:8.2f}"
        sizes = f"{figure.statements:6}{figure.compressed / 1000:9.1f}"
        print(f"{figure.name:44}{figure.milliseconds:8.2f}{ratios}{sizes}  {figure.goal}")
    print(f"\nCertificates a second and core: {1000 / unsigned:.0f} drawn, {1000 / signed:.0f} drawn and signed")
    print()
    attempts.main(marcus, User.objects.get(email="marcus@demo.example"))
    print()
    requirements.main()
    print(f"\n{timezone.now():%Y-%m-%d}, {connection.vendor}, {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
