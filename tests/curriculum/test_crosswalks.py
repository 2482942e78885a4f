"""Links between frameworks: proposed, confirmed by a person, withdrawn; each pen used twice."""

import pytest

from curriculum.crosswalks import confirm_link, crosswalk_of, load_crosswalks, pairs, propose_link, withdraw_link
from curriculum.errors import DataFileError, LinkRefused
from curriculum.models import Competency, CompetencyFramework, CompetencyLink
from curriculum.services import load_frameworks
from tests.factories.curriculum import CompetencyFactory, CompetencyFrameworkFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ends():
    return CompetencyFactory(code="A"), CompetencyFactory(code="B")


def test_proposal_twice_is_once_in_either_direction(ends, learner, now):
    first = propose_link(*ends, association="isPartOf", note="Why", source="Here", actor=learner, now=now)
    second = propose_link(*ends)
    third = propose_link(*reversed(ends))

    assert {first, second, third} == {CompetencyLink.objects.get()}
    assert (third.origin, third.association, third.note, third.source) == (ends[0], "isPartOf", "Why", "Here")
    assert (third.proposed_by, third.proposed_at, third.is_confirmed) == (learner, now, False)


def test_competencies_of_one_framework_are_not_linked(ends):
    with pytest.raises(LinkRefused, match="two different frameworks"):
        propose_link(ends[0], CompetencyFactory(framework=ends[0].framework))

    assert not CompetencyLink.objects.exists()


def test_confirming_twice_keeps_the_first_person(ends, learner, stranger, now):
    link = propose_link(*ends)

    confirm_link(link, actor=learner, now=now)
    confirm_link(link, actor=stranger)

    kept = CompetencyLink.objects.get()
    assert (kept.confirmed_by, kept.confirmed_at) == (learner, now)


def test_withdrawing_twice_keeps_the_first_person_and_takes_the_confirmation(ends, learner, stranger, now):
    link = confirm_link(propose_link(*ends), actor=learner)

    withdraw_link(link, actor=learner, now=now)
    withdraw_link(link, actor=stranger)

    kept = CompetencyLink.objects.get()
    assert (kept.withdrawn_by, kept.withdrawn_at, kept.confirmed_by, kept.confirmed_at) == (learner, now, None, None)


def test_withdrawn_link_is_not_confirmed(ends, learner):
    link = withdraw_link(propose_link(*ends), actor=learner)

    with pytest.raises(LinkRefused, match="Propose it again first"):
        confirm_link(link, actor=learner)

    assert CompetencyLink.objects.get().confirmed_at is None


def test_withdrawn_link_comes_back_by_a_person_and_never_by_a_file(ends, learner):
    link = withdraw_link(propose_link(*ends), actor=learner)

    by_file = propose_link(*ends).is_withdrawn
    by_person = propose_link(*reversed(ends), association="exactMatchOf", actor=learner)

    assert (by_file, by_person.is_withdrawn, by_person.pk) == (True, False, link.pk)
    assert (by_person.origin, by_person.association) == (ends[1], "exactMatchOf")


# --- From files ---------------------------------------------------------------------------------------------------


def test_shipped_crosswalk_is_proposed_once_and_confirmed_by_nobody():
    load_frameworks()

    counts = load_crosswalks(), load_crosswalks()

    assert counts == (45, 0)
    assert CompetencyLink.objects.filter(confirmed_at=None, withdrawn_at=None, source="ours, sample").count() == 45


def test_shipped_crosswalk_has_the_gaps_it_was_written_with():
    load_frameworks()
    load_crosswalks()
    frameworks = {one.code: one for one in CompetencyFramework.objects.all()}

    def gaps(code):
        rows = crosswalk_of(frameworks["MA-CHW"], frameworks[code]).rows
        return [row.competency.code for row in rows if not row.links]

    assert {code: gaps(code) for code in ("C3-SKILLS", "TX-CHW", "MD-CHW", "KY-CHW")} == {
        "C3-SKILLS": [],
        "TX-CHW": [],
        "MD-CHW": ["MA-2"],
        "KY-CHW": ["MA-2", "MA-4"],
    }


def test_crosswalk_waits_for_frameworks_that_are_not_here():
    assert load_crosswalks() == 0


def test_file_changes_nothing_that_people_decided(learner):
    load_frameworks()
    load_crosswalks()
    confirmed, withdrawn = CompetencyLink.objects.order_by("pk")[:2]
    confirm_link(confirmed, actor=learner)
    withdraw_link(withdrawn, actor=learner)

    load_crosswalks()

    confirmed.refresh_from_db()
    withdrawn.refresh_from_db()
    assert (confirmed.is_confirmed, withdrawn.is_withdrawn, CompetencyLink.objects.count()) == (True, True, 45)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("links: [", "x.yaml: this is not YAML"),
        ("- a", "x.yaml: source is missing, or is no str."),
        ("source: s", "x.yaml: links is missing, or is no list."),
        ("source: s\nlinks: [3]", r"x.yaml: links\[1\]: from is missing, or is no str."),
        ("source: s\nlinks: [{from: A, to: B/C}]", r"x.yaml: links\[1\]: “A” must be FRAMEWORK/CODE."),
        ("source: s\nlinks: [{from: A/B, to: A/C}]", r"x.yaml: links\[1\]: a link joins two frameworks."),
        ("source: s\nlinks: [{from: A/B, to: C/D, x: 1}]", r"x.yaml: links\[1\]: x is not known here."),
        ("source: s\nlinks: [{from: A/B, to: C/D, note: 1}]", r"x.yaml: links\[1\]: note must be a text."),
        (
            "source: s\nlinks: [{from: A/B, to: C/D, association: is}]",
            r"x.yaml: links\[1\]: association must be one of",
        ),
        ("source: s\nlinks: [{from: A/B, to: C/D}, {from: C/D, to: A/B}]", r"x.yaml: links\[2\] stands twice."),
    ],
)
def test_wrong_crosswalk_file_is_refused_with_its_place(tmp_path, text, message):
    (tmp_path / "x.yaml").write_text(text)

    with pytest.raises(DataFileError, match=message):
        load_crosswalks(tmp_path)


# --- Side by side -------------------------------------------------------------------------------------------------


def test_crosswalk_shows_links_of_both_directions_gaps_and_what_was_withdrawn(learner, now):
    left, right = CompetencyFrameworkFactory(code="L"), CompetencyFrameworkFactory(code="R")
    a, b, old = (CompetencyFactory(framework=left, code=code) for code in ("A", "B", "OLD"))
    x, y, z = (CompetencyFactory(framework=right, code=code) for code in ("X", "Y", "Z"))
    Competency.objects.filter(pk=old.pk).update(archived_at=now)
    propose_link(a, x)
    propose_link(y, a)
    propose_link(a, CompetencyFactory())
    gone = withdraw_link(propose_link(b, z), actor=learner)

    crosswalk = crosswalk_of(left, right)

    shown = [(row.competency.code, [other.code for _link, other in row.links]) for row in crosswalk.rows]
    assert shown == [("A", ["X", "Y"]), ("B", [])]
    assert ([one.code for one in crosswalk.gaps], list(crosswalk.withdrawn)) == (["Z"], [gone])


def test_pairs_count_links_of_both_directions_together(learner):
    left, right = CompetencyFrameworkFactory(code="L"), CompetencyFrameworkFactory(code="R")
    a, b = (CompetencyFactory(framework=left) for _one in range(2))
    x, y = (CompetencyFactory(framework=right) for _one in range(2))
    propose_link(a, x)
    confirm_link(propose_link(y, b), actor=learner)
    withdraw_link(propose_link(a, y), actor=learner)

    assert [(pair.left, pair.right, pair.confirmed, pair.proposed) for pair in pairs()] == [(left, right, 1, 1)]
