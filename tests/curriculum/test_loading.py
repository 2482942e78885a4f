"""Files of frameworks and packs: a wrong one is refused with its name and its key."""

from datetime import date

import pytest
import yaml
from django.core.management import CommandError, call_command

from curriculum.errors import DataFileError
from curriculum.loading import FRAMEWORKS, PACKS, read_framework, read_frameworks, read_pack, read_packs
from curriculum.models import CompetencyFramework, RequirementSet


def changed(tmp_path, source, change):
    content = yaml.safe_load(source.read_text())
    change(content)
    path = tmp_path / source.parent.name / source.name
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(content))
    return path


def rule(content, index=0):
    return content["requirements"][index]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.pop("code"), "code is missing."),
        (lambda c: c.update(code="MA CHW"), "code is not a code: MA CHW."),
        (lambda c: c.update(colour="red"), "colour is not known here."),
        (lambda c: c["name"].pop("es"), "name must have exactly these languages: en, es."),
        (lambda c: c["name"].update(ht="Non"), "name must have exactly these languages: en, es."),
        (lambda c: c["name"].update(es=" "), "name must be a text for each language."),
        (lambda c: c.update(name="Name"), "name must be a text for each language."),
        (lambda c: c.update(publisher=3), "publisher must be a text."),
        (lambda c: c.update(source_url="here"), "source_url is not an address: here."),
        (lambda c: c.update(verification="sure"), "verification must be one of verified, unverified, not 'sure'."),
        (lambda c: c.update(competencies=[]), "competencies must be a list with something in it."),
        (lambda c: c["competencies"].append(3), "competencies[11] must be names with values."),
        (lambda c: c["competencies"][1].pop("name"), "competencies[2].name is missing."),
        (lambda c: c["competencies"][1].update(code="MA-1"), "competencies has the code MA-1 twice."),
        (lambda c: c["competencies"][1].update(level=1), "competencies[2].level is not known here."),
    ],
)
def test_wrong_framework_is_refused_with_its_key(tmp_path, change, message):
    path = changed(tmp_path, FRAMEWORKS / "ma-chw.yaml", change)

    with pytest.raises(DataFileError) as caught:
        read_framework(path)

    assert str(caught.value) == f"ma-chw.yaml: {message}"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.update(version=0), "version must be a whole number above zero, not 0."),
        (lambda c: c.update(version=1.5), "version must be a whole number above zero, not 1.5."),
        (lambda c: c.update(minutes_per_hour=True), "minutes_per_hour must be a whole number above zero, not True."),
        (lambda c: c.update(purpose="fun"), "purpose must be one of initial, renewal, not 'fun'."),
        (lambda c: c.update(effective_from="soon"), "effective_from must be a day such as 2026-07-31."),
        (lambda c: c.update(effective_from="2026-02-30"), "effective_from must be a day such as 2026-07-31."),
        (lambda c: c.update(effective_to=date(2018, 6, 28)), "effective_to comes before effective_from."),
        (lambda c: c["credential"].pop("authority"), "credential.authority is missing."),
        (lambda c: c["credential"]["authority"].update(city="Boston"), "credential.authority.city is not known here."),
        (lambda c: c["credential"]["fixed_expiry"].pop("day"), "credential.fixed_expiry.day is missing."),
        (lambda c: rule(c).update(kind="sum"), "requirements[1].kind This kind of rule is not known."),
        (
            lambda c: rule(c)["parameters"].update(minutes=-900),
            "requirements[1].parameters “minutes” must be a whole number above zero.",
        ),
        (lambda c: rule(c)["parameters"].pop("minutes"), "requirements[1].parameters “minutes” is missing."),
        (lambda c: rule(c, 1).update(code="hours"), "requirements “hours” stands twice."),
        (lambda c: rule(c).update(waived={"from": date(2026, 1, 1)}), "requirements[1].waived.to is missing."),
        (
            lambda c: rule(c).update(waived={"from": date(2026, 1, 2), "to": date(2026, 1, 1)}),
            "requirements[1].waived.to comes before the first day.",
        ),
        (
            lambda c: rule(c, 1)["parameters"].update(competencies=["MA-1", "MA-11"]),
            "requirements subject names MA-11, which the framework does not have.",
        ),
        (
            lambda c: rule(c, 1).update(part_of="hours"),
            "requirements “subject” is part of a rule that has no parts. Only all-of, any-of and n-of have parts.",
        ),
        (
            lambda c: rule(c, 1).update(kind="total_minimum", parameters={"minutes": 1}),
            "requirements A group of rules has one total at most.",
        ),
    ],
)
def test_wrong_pack_is_refused_with_its_key(tmp_path, change, message):
    path = changed(tmp_path, PACKS / "ma-renewal" / "pack.yaml", change)

    with pytest.raises(DataFileError) as caught:
        read_pack(path)

    assert str(caught.value) == f"ma-renewal/pack.yaml: {message}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("code: [", "bad.yaml: this is not YAML"),
        ("- a", "bad.yaml: the file must be names with values."),
        ("", "bad.yaml: the file must be names with values."),
        ("code: X\ncode: Y", r"bad.yaml: code stands twice \(line 2\)."),
        ("a:\n  - b: 1\n    b: 2", r"bad.yaml: b stands twice \(line 3\)."),
        ("? [1, 2]\n: 3", r"bad.yaml: a name must be a word \(line 1\)."),
        ("a: &x [*x]", "bad.yaml: “x” contains itself."),
        ("[" * 100_000 + "]" * 100_000, "bad.yaml: this is nested too deep."),
        (
            "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)),
            "bad.yaml: this file says too much.",
        ),
        ("code: !!python/object/apply:os.getcwd []", "bad.yaml: this is not YAML"),
    ],
)
def test_what_is_not_a_file_of_ours_is_refused(tmp_path, content, message):
    (tmp_path / "bad.yaml").write_text(content)

    with pytest.raises(DataFileError, match=message):
        read_framework(tmp_path / "bad.yaml")


def test_two_files_with_one_code_are_refused(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text((FRAMEWORKS / "ma-chw.yaml").read_text())

    with pytest.raises(DataFileError, match="has the code MA-CHW twice"):
        read_frameworks(tmp_path)


def test_two_packs_with_one_version_are_refused(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pack.yaml").write_text((PACKS / "ma-renewal" / "pack.yaml").read_text())

    with pytest.raises(DataFileError, match="has the code ma-renewal 1 twice"):
        read_packs(tmp_path)


def test_folder_without_files_is_refused(tmp_path):
    with pytest.raises(DataFileError, match=r"there is no \*/pack\*\.yaml here"):
        read_packs(tmp_path)


def test_every_shipped_rule_has_its_source_and_both_languages():
    rules = [rule for pack in read_packs() for rule in pack.requirements]

    assert len(rules) >= 10
    assert [rule.code for rule in rules if not (rule.source_url and rule.source_citation)] == []
    assert [rule.code for rule in rules if sorted(rule.text) != ["en", "es"]] == []


@pytest.mark.django_db
def test_commands_load_the_shipped_files_twice(capsys):
    for _time in range(2):
        call_command("load_frameworks")
        call_command("load_packs")

    once = [file.code for file in read_frameworks()] + [file.code for file in read_packs()]
    assert capsys.readouterr().out.split() == once * 2
    assert CompetencyFramework.objects.count() == len(read_frameworks())
    assert RequirementSet.objects.count() == len(read_packs())


@pytest.mark.django_db
def test_command_says_why_it_stopped():
    call_command("load_frameworks")
    call_command("load_packs")
    RequirementSet.objects.filter(code="ma-renewal").update(file_digest="", minutes_per_hour=50)

    with pytest.raises(CommandError, match=r"ma-renewal/pack\.yaml changes rules of ma-renewal, version 1"):
        call_command("load_packs")
