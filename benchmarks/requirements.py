"""What judging requirements costs: one worker with 60 records by each pack, and 10,000 workers by one pack.

Runs by itself (`python -m benchmarks.requirements`), without a database. The 10,000 are judged by one process for each
core, as a nightly run would.
"""

import os
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from random import Random

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")

import django

django.setup()

from curriculum.data import (  # noqa: E402
    DELIVERIES,
    ApprovalFacts,
    CycleFacts,
    DocumentFacts,
    Dossier,
    Evidence,
    PersonFacts,
    Standing,
)
from curriculum.evaluation import Prepared, evaluate  # noqa: E402
from curriculum.loading import PACKS  # noqa: E402
from curriculum.packfiles import find_pack, rules_of  # noqa: E402

RECORDS = 60
WORKERS = 10_000
AS_OF = date(2026, 7, 1)
TAGS = ("law", "ethics", "boundaries", "cultural", "suicide-prevention", "other-license", "certified", "endorsed")
AUTHORITIES = ("MA-BOARD", "TX-DSHS", "KY-CHFS", "NM-DOH", "NV-BOARD", "OR-OHA", "OH-BOARD", "SC-BOARD")
# The pack of the long run: three alternatives, each with limits, so that nothing is answered by plain arithmetic.
LONG_RUN = "tx-renewal"


def worker(seed: int) -> Dossier:
    """A worker with records of all sorts over a year, drawn from a seed."""
    random = Random(seed)
    evidence = []
    for number in range(RECORDS):
        minutes = random.randint(10, 60)
        evidence.append(
            Evidence(
                id=str(number),
                minutes=minutes,
                earned_on=date(2025, 8, 1) + timedelta(days=random.randint(0, 330)),
                delivery=random.choice(DELIVERIES),
                competencies={f"MA-{random.randint(1, 10)}": minutes // 2},
                provider=random.choice("ABCD"),
                tags=frozenset(random.sample(TAGS, 1)),
            )
        )
    approvals = tuple(
        ApprovalFacts(provider=provider, authority=authority, status=Standing.FULL)
        for provider in "AB"
        for authority in AUTHORITIES
    )
    return Dossier(
        evidence=tuple(evidence),
        approvals=approvals,
        documents=(DocumentFacts(kind="reference", covers=frozenset({"MA-1"})),),
        person=PersonFacts(age=30),
        cycle=CycleFacts(starts_on=date(2025, 8, 1), expires_on=date(2027, 7, 31), is_first=False),
    )


def milliseconds_each(code: str, workers: list[Dossier]) -> float:
    """Median processor time of one evaluation."""
    prepared = Prepared(rules_of(find_pack(code)[-1]))
    evaluate(prepared, workers[0], as_of=AS_OF)
    times = []
    for dossier in workers:
        began = time.process_time()
        evaluate(prepared, dossier, as_of=AS_OF)
        times.append((time.process_time() - began) * 1000)
    return statistics.median(times)


def judge_many(seeds: range) -> int:
    """Judge a share of the workers; return the minutes counted, so that nothing is left out unseen."""
    prepared = Prepared(rules_of(find_pack(LONG_RUN)[-1]))
    return sum(evaluate(prepared, worker(seed), as_of=AS_OF).counted_minutes for seed in seeds)


def long_run() -> tuple[float, int]:
    """Seconds for all workers, their evidence made up on the way, on all cores; and the minutes counted."""
    cores = os.cpu_count() or 1
    began = time.perf_counter()
    with ProcessPoolExecutor(cores) as pool:
        counted = sum(pool.map(judge_many, [range(first, WORKERS, cores) for first in range(cores)]))
    return time.perf_counter() - began, counted


def main() -> None:
    workers = [worker(seed) for seed in range(100)]
    print(f"{'one worker, ' + str(RECORDS) + ' records':44}{'CPU ms':>8}  goal 5 ms")
    for folder in sorted(path.name for path in PACKS.iterdir() if path.is_dir()):
        print(f"  {folder:42}{milliseconds_each(folder, workers):8.2f}")
    seconds, counted = long_run()
    print(f"{WORKERS:,} workers by {LONG_RUN}: {seconds:.0f} s ({counted:,} minutes counted)  goal 60 s on two cores")


if __name__ == "__main__":
    main()
