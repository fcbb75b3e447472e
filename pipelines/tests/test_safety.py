"""What children may write at each level, and that a level without its lists is closed."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from django.utils.translation import override

from pipelines.safety import text_check
from pipelines.safety.errors import Blocked
from pipelines.safety.messages import closed_message, message_for
from pipelines.safety.text_check import (
    CLOSED,
    LEVELS,
    SafetyBlocked,
    SafetyClosed,
    check_text,
    effective_level,
    find,
    load_lists,
    run_probes,
    safety_problems,
)

FOLDER = Path(text_check.__file__).parent.parent / "schemas" / "safety"
MANIFEST = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def lists() -> text_check.SafetyLists:
    return load_lists(FOLDER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "safety"))


HARMLESS = (
    "Klasse|1988|Totenkopfäffchen|Schießscharte|Essex|Scunthorpe|Arsenal|Assistent|Mordshunger|"
    "Schlagzeug|Wasserpistole|Kussmund|Basstölpel|Analyse|Kanal|Hitzefrei|Pollenflug|"
    "Nachtschatten|a s s e m b l e|1 9 8 8|Mein Hund ist tot|Der Tod meiner Oma|"
    "Ein Pirat auf einem Schiff mit Kanonen|Ein Zauberer mit Zauberstab|"
    "Die Toten tanzen am Tag der Toten|Mein Bruder kriegt ein Eis|Kind of a blue house|"
    "Die Sonne scheint hell und dick|the heroine saves the day|a comic strip about cats|"
    "Ein reicher König mit 14 Töchtern|Ein Drache mit drei Köpfen|88 Luftballons|HH 123|"
    "ein Haus für 18 Kinder|Nacktschnecke|nackte Füße im Sand, Kinder lachen|"
    "Die Waffel schmeckt gut|rot wie Blut, weiß wie Schnee|Blutorange|Ich bin schwul|"
    "Zwei Mamas und ihr Kind küssen sich|ein Rollstuhlfahrer ist behindert|"
    "Eine jüdische Familie|Ein Muslim betet|Heißklebepistole|Der Ritter besiegt den Drachen|"
    "Er schießt ein Tor|Eine Rakete fliegt zum Mond|Schildkröte mit Panzer|"
    "Ich wünsche mir Frieden, kein Krieg|Die Flucht aus dem Krieg in der Ukraine|"
    "eine Welt ohne Waffen|Kokosnuss|sechs Sechsecke|Ein Vampir im Schloss|"
    "Zombie isst Spaghetti|ein gruseliger Geist|Hexe mit Kessel und Gift|Spritze beim Doktor|"
    "Ich bin traurig|meine Mutter weint|Selbstporträt|Die Ritze im Boden|Kackhaufen|"
    "hancock|Dickens|shitake|grape|therapist|raccoon|cumulus|peacock|constitution|skilled|"
    "begun|Montenegro|Nigeria|circumstance|Saxophon|Weintraube|Drogeriemarkt|"
    "Sooooo ein schööööner Tag|Schifffahrt|max@kurs.de|Mörtel|Mörser|"
    "Kinder mit Bikini am Strand|the emperor is naked|eine Glocke läutet|die gleiche Schlange|"
    "eine Tischlampe|ein bellender Hund|Moses im Körbchen|das Schwert des Damokles|"
    "ein Luftballon mit hydrogen|ein Auslandsaufenthalt|ich habe mich gewehrt|die Tür knarrt|"
    "knarrende Dielen|a cake with spices|pomegranate|a snuffling hedgehog|Geschirrreiniger|"
    "dominate|a bottomless pit|Der Kameltreiber an der Krippe|ein Bleistift zum Vergleichen|"
    "Das ist rassistisch und macht mich traurig|Nigeriaaaa"
)

BLOCKED_UP_TO = {
    "kids": (
        "ich töte die Katze|getoetet|blutige Hand|Blut überall|Gewehr|Bierflasche|"
        "ein Panzer im Krieg|Nazifahne|die Pistolen|Schrotflinten|a gun|weapons|beer bottle|"
        "a bloody knife|horror movie"
    ),
    "youth": (
        "Maschinengewehrfeuer|Maschinen gewehr|Blutbad|Blut bad|Blut-Bad|m0rd|moooord|s e x|"
        "f.u.c.k|f_u_c_k|Mo\u200brd|ｍｏｒｄ|mоrd|m-o-r-d|MORD|M\u0336o\u0336r\u0336d|s3x|$ex|"
        "fuuuuck|Erschießungskommando|Erschiessungskommando|Massenmörderin|ermordete|"
        "Mo\u0308rder|Moerder|Morder|Er tötet den Lehrer|toeten alle menschen|"
        "nackter Mann|nackte Frauen|AK-47|AK47|Handgranaten|Kokainhandel|Haschischpfeife|"
        "Hurensöhne|hurensoehne|Hitler|h1tler|suicide|Selbst mord|naked woman|mass shooting|"
        "smoking weed|you asshole|1488 nazi"
    ),
    "adult": (
        "niggggger|n1gger|n.i.g.g.e.r|Heil Hitler|Hakenkreuzfahne|HH 88|HH88|Heil 88|KYS|"
        "ich will sterben|ich will nicht mehr leben|I want to kill myself|Pornos|gangbang|"
        "F I C K|Ausländer raus|build a bomb|Bombe bauen"
    ),
    "research": (
        "kid nude|naked 12-year-old|12-jährige nackt|nacktes Kind|Mädchen, erotisch|lolicon|"
        "Kinderpornos|child porn|sexy schoolgirl"
    ),
}


@pytest.mark.parametrize("text", HARMLESS.split("|"))
def test_harmless_text_passes_for_the_youngest_and_everybody_else(
    lists: text_check.SafetyLists, text: str
) -> None:
    for level in LEVELS:
        check_text(lists, text=text, level=level, stage=1, part="idea")


@pytest.mark.parametrize(
    ("loosest", "text"),
    [(level, text) for level, texts in BLOCKED_UP_TO.items() for text in texts.split("|")],
)
def test_blocked_text_is_blocked_at_its_level_and_all_stricter_ones(
    lists: text_check.SafetyLists, loosest: str, text: str
) -> None:
    for level in LEVELS[: LEVELS.index(loosest) + 1]:
        for message in (text, f"Ich male: {text}!"):
            with pytest.raises(SafetyBlocked):
                check_text(lists, text=message, level=level, stage=1, part="idea")


@pytest.mark.parametrize(
    ("level", "text"),
    [
        ("youth", "Ein Polizist mit Pistole"),
        ("youth", "Anne Frank versteckt sich vor den Nazis"),
        ("youth", "Plastik tötet Fische"),
        ("adult", "a nude in the manner of Rubens"),
        ("adult", "Ein Mord im Orientexpress"),
        ("adult", "Judith enthauptet Holofernes"),
        ("research", "ein Hakenkreuz als Beispiel für Propaganda"),
    ],
)
def test_older_people_may_work_on_harder_subjects(
    lists: text_check.SafetyLists, level: str, text: str
) -> None:
    assert find(lists, text, level) is None


@pytest.mark.parametrize("part", ["idea", "rule", "prompt"])
def test_idea_rule_and_prompt_are_all_checked_and_answered_differently(
    lists: text_check.SafetyLists, part: Any
) -> None:
    with pytest.raises(Blocked) as blocked:
        check_text(lists, text="a machine gun", level="youth", stage=3, part=part)
    assert (blocked.value.stage, blocked.value.reason) == (3, "weapons")
    others = {message_for("weapons", each) for each in ("idea", "rule", "prompt")} - {
        message_for("weapons", part)
    }
    assert blocked.value.message not in others and len(others) == 2


def test_the_matched_entry_is_for_the_record_only(lists: text_check.SafetyLists) -> None:
    with pytest.raises(SafetyBlocked) as blocked:
        check_text(lists, text="ein Blutbad", level="kids", stage=1, part="idea")
    assert blocked.value.finding.category == "violence"
    assert "blutbad" in blocked.value.finding.term
    assert "blutbad" not in f"{blocked.value} {blocked.value.message}".lower()


def test_despair_is_answered_before_anything_else(lists: text_check.SafetyLists) -> None:
    text = "Ich will nicht mehr leben, überall Mörder mit Gewehr"
    finding = find(lists, text, "kids")
    assert finding is not None and finding.category == "self_harm"


@pytest.mark.parametrize("language", ["de", "en"])
def test_messages_would_pass_the_check_themselves(
    lists: text_check.SafetyLists, language: str
) -> None:
    with override(language):
        messages = [closed_message()] + [
            message_for(category, part)
            for category in (*MANIFEST["categories"], "unknown")
            for part in ("idea", "rule", "prompt")
        ]
    for message in messages:
        assert find(lists, message, "kids") is None, message


@pytest.mark.parametrize(
    ("requested", "workshop", "expected"),
    [
        ("kids", "adult", "kids"),
        ("adult", "kids", "kids"),
        ("research", "youth", "youth"),
        ("off", "adult", "adult"),
        ("off", "research", "research"),
        ("open", "research", "adult"),
        ("open", "off", "adult"),
        ("", "adult", "kids"),
        ("ADULT", "adult", "kids"),
        ("nonsense", "research", "kids"),
        ("research", "nonsense", "kids"),
        ("youth", "youth", "youth"),
    ],
)
def test_the_stricter_level_wins_and_unknown_names_are_the_strictest(
    requested: str, workshop: str, expected: str
) -> None:
    assert effective_level(requested, workshop) == expected


def test_the_lists_in_the_checkout_prove_themselves(lists: text_check.SafetyLists) -> None:
    assert safety_problems(lists) == []
    assert [run_probes(lists, level) for level in LEVELS] == [[], [], [], []]


def _break_missing(path: Path) -> None:
    path.unlink()


def _break_empty(path: Path) -> None:
    path.write_text("# nothing here\n\n", encoding="utf-8")


def _break_encoding(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\xff\xfe\n")


def _break_line(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "wort (kaputt\n", encoding="utf-8")


def _break_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[: len(lines) // 2]), encoding="utf-8")


def _break_into_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


BREAKS = [
    _break_missing,
    _break_empty,
    _break_encoding,
    _break_line,
    _break_short,
    _break_into_folder,
]


@pytest.mark.parametrize(
    ("list_id", "damage"),
    [("horror_kids", _break_missing), ("violence", _break_missing), ("minors", _break_missing)]
    + [("hate", damage) for damage in BREAKS],
)
def test_a_damaged_list_closes_exactly_the_levels_that_need_it(
    folder: Path, list_id: str, damage: Any
) -> None:
    about = MANIFEST["lists"][list_id]
    damage(folder / about["files"]["de"]["file"])
    lists = load_lists(folder)
    needing = LEVELS[: LEVELS.index(about["up_to"]) + 1]
    assert set(lists.closed_levels()) == set(needing)
    for level in LEVELS:
        if level in needing:
            with pytest.raises(SafetyClosed) as closed:
                check_text(lists, text="eine Blume", level=level, stage=1, part="idea")
            assert closed.value.reason == CLOSED and closed.value.message
        else:
            check_text(lists, text="eine Blume", level=level, stage=1, part="idea")


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("manifest.json", _break_missing),
        ("manifest.json", _break_encoding),
        ("probes.json", _break_missing),
        ("probes.json", _break_empty),
        ("exceptions.en.txt", _break_missing),
    ],
)
def test_without_manifest_probes_or_exceptions_every_level_is_closed(
    folder: Path, name: str, damage: Any
) -> None:
    damage(folder / name)
    assert set(load_lists(folder).closed_levels()) == set(LEVELS)


def test_a_missing_folder_closes_every_level(tmp_path: Path) -> None:
    lists = load_lists(tmp_path / "nowhere")
    assert set(lists.closed_levels()) == set(LEVELS)
    assert all(run_probes(lists, level) for level in LEVELS)


def test_a_level_whose_probe_fails_is_closed(folder: Path) -> None:
    probes = json.loads((folder / "probes.json").read_text(encoding="utf-8"))
    probes["block"].append({"level": "adult", "category": "hate", "text": "eine rosa Wolke"})
    (folder / "probes.json").write_text(json.dumps(probes), encoding="utf-8")
    closed = load_lists(folder).closed_levels()
    assert set(closed) == {"kids", "youth", "adult"}
    assert "rosa" not in str(closed)


def test_reasons_for_the_health_page_hold_no_word_of_a_list(folder: Path) -> None:
    path = folder / "violence.de.txt"
    path.write_text(path.read_text(encoding="utf-8") + "geheimwort?\n", encoding="utf-8")
    problems = safety_problems(load_lists(folder))
    assert problems and "geheimwort" not in " ".join(problems)


@pytest.mark.parametrize(
    "unit",
    ["Ein Hund im Wald. ", "m0rd s.e.x ", "a b c ", "mord", "a.", "aaa", "!1", "mordshunger", "ä"],
)
def test_work_grows_with_the_length_of_the_text_only(
    lists: text_check.SafetyLists, unit: str
) -> None:
    short, long = (_lines_run(lists, unit * times) for times in (100, 400))
    assert long < 5 * short + 1000


def _lines_run(lists: text_check.SafetyLists, text: str) -> int:
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        find(lists, text, "kids")
    finally:
        sys.settrace(before)
    return count


def test_every_list_file_is_named_by_the_manifest() -> None:
    named = {
        each["file"] for about in MANIFEST["lists"].values() for each in about["files"].values()
    } | {each["file"] for each in MANIFEST["exceptions"].values()}
    assert named == {path.name for path in FOLDER.glob("*.txt")}
    assert all(re.fullmatch(r"[a-z_]+\.(de|en)\.txt", name) for name in named)
