"""Commands that need no database, run as anyone would."""

import json
from io import StringIO

import pytest
import yaml
from django.core.management import call_command

EVIDENCE = {
    "cycle": {"expires_on": "2027-07-31"},
    "approvals": [{"provider": "A", "authority": "MA-BOARD", "status": "full"}],
    "evidence": [
        {"id": "a", "minutes": 870, "earned_on": "2026-01-10", "provider": "A", "competencies": {"MA-8": 870}},
        {"id": "b", "minutes": 120, "earned_on": "2025-07-01", "provider": "A", "competencies": {"MA-8": 120}},
    ],
}


@pytest.fixture
def evaluate(tmp_path):
    """Run the command; return what it wrote, what it complained of, and its exit status."""

    def run(evidence=EVIDENCE, *, pack="ma-renewal", as_of="2026-03-15", **options):
        path = tmp_path / "evidence.json"
        path.write_text(evidence if isinstance(evidence, str) else json.dumps(evidence))
        out, err, status = StringIO(), StringIO(), 0
        try:
            call_command(
                "evaluate_requirements",
                pack=str(pack),
                as_of=as_of,
                evidence=str(path),
                stdout=out,
                stderr=err,
                **options,
            )
        except SystemExit as stopped:
            status = stopped.code
        return out.getvalue(), err.getvalue(), status

    return run


def test_answer_in_json(evaluate):
    out, err, status = evaluate(json=True)

    answer = json.loads(out)
    assert (err, status) == ("", 0)
    assert {key: answer[key] for key in ("pack", "version", "as_of", "due_on", "status", "headline")} == {
        "pack": "ma-renewal",
        "version": 1,
        "as_of": "2026-03-15",
        "due_on": "2027-07-31",
        "status": "short",
        "headline": "You need 30 minutes more by July 31, 2027.",
    }
    assert (answer["required_minutes"], answer["counted_minutes"], answer["short_minutes"]) == (900, 870, 30)
    hours = answer["rules"][0]
    assert (hours["id"], hours["status"], hours["minutes"]) == ("hours", "short", 870)
    assert hours["counted"] == [{"id": "a", "minutes": 870}]
    assert hours["not_counted"] == [
        {
            "id": "b",
            "minutes": 120,
            "reason": "It was earned before Aug. 1, 2025, the first day that counts.",
            "code": "before_window",
        }
    ]
    assert answer["shortest_way"] == [
        {
            "minutes": 30,
            "text": "30 minutes from a provider approved by "
            "the Massachusetts Board of Certification of Community Health Workers.",
            "competency": None,
            "tags": [],
            "delivery": None,
            "authorities": ["MA-BOARD"],
            "settles": ["hours"],
        }
    ]


def test_answer_in_words_in_spanish(evaluate):
    out, _err, status = evaluate(language="es")

    assert status == 0
    assert "Todavía necesita 30 minutos. Tiene hasta el 31 de julio de 2027." in out
    assert "Se obtuvo antes del 1 de agosto de 2025" in out


def test_minutes_of_a_provider_nobody_knows_count_for_now(evaluate):
    out, _err, _status = evaluate({**EVIDENCE, "approvals": []}, json=True)

    provider = json.loads(out)["rules"][2]
    assert provider["status"] == "cannot_tell"
    assert [(item["id"], item["minutes"]) for item in provider["to_confirm"]] == [("a", 870)]
    assert provider["not_counted"] == []


def test_a_renewal_without_a_day_is_judged_for_the_next_fixed_one(evaluate):
    out, _err, _status = evaluate({"evidence": []}, json=True)

    assert json.loads(out)["due_on"] == "2027-07-31"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"evidence": [{"id": "a", "minutes": -1, "earned_on": "x"}]}, "evidence[0].minutes: must be zero or more.\n"),
        ("{", "the file: is not JSON"),
        ({"evidence": [{"id": "a", "minutes": 1, "earned_on": "2026-01-01", "competencies": {"MA-11": 1}}]}, "MA-11"),
    ],
)
def test_a_bad_file_is_refused_with_status_two(evaluate, changed, message):
    out, err, status = evaluate(changed, json=True)

    assert (out, status) == ("", 2)
    assert message in err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pack": "no-such"}, "no-such: no such pack, and no folder with a pack.yaml."),
        ({"pack": "../packs"}, "../packs: no such pack"),
        ({"as_of": "soon"}, "--as-of: soon is not a day such as 2026-07-31."),
    ],
)
def test_bad_arguments_are_refused_with_status_two(evaluate, options, message):
    _out, err, status = evaluate(**options)

    assert (message in err, status) == (True, 2)


def test_a_file_that_is_not_there_is_refused(capsys):
    with pytest.raises(SystemExit) as stopped:
        call_command("evaluate_requirements", pack="ma-renewal", as_of="2026-03-15", evidence="/nowhere.json")

    assert stopped.value.code == 2
    assert "--evidence: /nowhere.json cannot be read: No such file or directory." in capsys.readouterr().err


@pytest.fixture
def pack(tmp_path):
    """A folder with a pack of one's own."""

    def write(*requirements, **fields):
        folder = tmp_path / "mine"
        folder.mkdir(exist_ok=True)
        content = {"code": "mine", "requirements": list(requirements), **fields}
        (folder / "pack.yaml").write_text(yaml.safe_dump(content))
        return folder

    return write


def test_a_pack_of_ones_own_needs_little(evaluate, pack):
    folder = pack({"code": "hours", "kind": "total_minimum", "parameters": {"minutes": 990}, "text": "16.5 hours."})

    out, _err, status = evaluate(pack=folder, json=True)

    assert (json.loads(out)["counted_minutes"], status) == (990, 0)
    assert json.loads(out)["rules"][0]["text"] == "16.5 hours."


@pytest.mark.parametrize(
    ("requirements", "message"),
    [
        (
            [{"code": "a", "kind": "all_of", "part_of": "b"}, {"code": "b", "kind": "any_of", "part_of": "a"}],
            "mine/pack.yaml: requirements “a” is part of itself.",
        ),
        (
            [{"code": "a", "kind": "total_minimum", "parameters": {"minutes": 1.5}}],
            "must be a whole number above zero.",
        ),
        (
            [{"code": "a", "kind": "window", "parameters": {"from": "2026-02-01", "to": "2026-01-01"}}],
            "“to” comes before its first day.",
        ),
        ([{"code": "a", "kind": "sum"}], "mine/pack.yaml: requirements[1].kind This kind of rule is not known."),
    ],
)
def test_a_wrong_pack_is_refused_with_its_place(evaluate, pack, requirements, message):
    _out, err, status = evaluate(pack=pack(*requirements))

    assert (message in err, status) == (True, 2)


def test_the_version_in_force_that_day_judges(evaluate, pack):
    def hours(minutes):
        return [{"code": "hours", "kind": "total_minimum", "parameters": {"minutes": minutes}}]

    folder = pack(*hours(60), version=1, effective_from="2020-01-01", effective_to="2025-12-31")
    second = {"code": "mine", "version": 2, "effective_from": "2026-01-01", "requirements": hours(120)}
    (folder / "pack-2.yaml").write_text(yaml.safe_dump(second))

    found = [json.loads(evaluate(pack=folder, as_of=day, json=True)[0]) for day in ("2025-12-31", "2026-01-01")]

    assert [(answer["version"], answer["required_minutes"]) for answer in found] == [(1, 60), (2, 120)]


def test_training_that_began_under_the_old_rules_is_judged_by_them(evaluate, pack):
    def hours(minutes):
        return [{"code": "hours", "kind": "total_minimum", "parameters": {"minutes": minutes}}]

    folder = pack(*hours(60), version=1, effective_from="2020-01-01", effective_to="2025-12-31", binding="start")
    second = {
        "code": "mine",
        "version": 2,
        "binding": "start",
        "effective_from": "2026-01-01",
        "requirements": hours(120),
    }
    (folder / "pack-2.yaml").write_text(yaml.safe_dump(second))

    answer = json.loads(evaluate(pack=folder, json=True)[0])

    assert answer["version"] == 1


def test_cases_that_differ_are_named(pack, capsys):
    folder = pack({"code": "hours", "kind": "total_minimum", "parameters": {"minutes": 60}})
    cases = [{"name": "one", "as_of": "2026-01-01", "evidence": {"evidence": []}, "expect": {"status": "met"}}]
    (folder / "cases.yaml").write_text(yaml.safe_dump(cases))

    with pytest.raises(SystemExit) as stopped:
        call_command("check_packs", str(folder))

    assert stopped.value.code == 1
    assert "mine, one: status: 'short', not 'met'" in capsys.readouterr().out
