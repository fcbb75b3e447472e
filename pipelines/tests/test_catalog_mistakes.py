"""Mistakes in the catalog's files are told by file and field; an operator's folder wins."""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.catalog import BUILT_IN, Catalog, CatalogError, load_catalog
from pipelines.tests.test_catalog import ENGINES, RULES


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog([BUILT_IN], recipes=RULES, engines=ENGINES)


Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    """An operator's folder with a copy of some of our files."""
    for place in (
        "chunks/output_image_flux2.json",
        "configs/interception/overdrive.json",
        "configs/interception/bauhaus.json",
        "configs/output/flux2.json",
        "pipelines/text_transformation.json",
    ):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(BUILT_IN / place, tmp_path / place)
    return tmp_path


def change(file: Path, apply: Change) -> None:
    data = json.loads(file.read_text(encoding="utf-8"))
    apply(data)
    file.write_text(json.dumps(data), encoding="utf-8")


def mistakes_of(folder: Path) -> list[tuple[str, str, str]]:
    with pytest.raises(CatalogError) as caught:
        load_catalog([BUILT_IN, folder], recipes=RULES, engines=ENGINES)
    return [
        (mistake.file.relative_to(folder).as_posix(), mistake.field, mistake.message)
        for mistake in caught.value.mistakes
    ]


RULE_FILE = "configs/interception/overdrive.json"
CHUNK_FILE = "chunks/output_image_flux2.json"
OUTPUT_FILE = "configs/output/flux2.json"
PIPELINE_FILE = "pipelines/text_transformation.json"


@pytest.mark.parametrize(
    ("file", "apply", "field", "part"),
    [
        (RULE_FILE, lambda d: d.update(colour="#ffffff"), "colour", "unknown key"),
        (RULE_FILE, lambda d: d.update(order="3"), "order", "integer"),
        (RULE_FILE, lambda d: d.pop("age"), "age", "is missing"),
        (RULE_FILE, lambda d: d["name"].pop("en"), "name.en", "translation is missing"),
        (RULE_FILE, lambda d: d["name"].update(de=" "), "name.de", "empty"),
        (RULE_FILE, lambda d: d["context"].update(en=""), "context", "translations is empty"),
        (RULE_FILE, lambda d: d.update(color="red"), "color", "pattern"),
        (RULE_FILE, lambda d: d.update(id="bauhaus"), "id", "differs from the file name"),
        (RULE_FILE, lambda d: d.update(id="../overdrive"), "id", "nothing else"),
        (RULE_FILE, lambda d: d.update(pipeline="nowhere"), "pipeline", '"nowhere"'),
        (RULE_FILE, lambda d: d.update(properties=["art"]), "properties.0", "'arts'"),
        (RULE_FILE, lambda d: d["properties"].append("arts"), "properties", "at most 1 item"),
        (RULE_FILE, lambda d: d.update(traits=["calm"]), "traits.0", '"calm"'),
        (
            RULE_FILE,
            lambda d: d["parameters"].update(wortwerkstatt="alchemy"),
            "parameters.wortwerkstatt",
            '"alchemy"',
        ),
        (RULE_FILE, lambda d: d["parameters"].update(temprature=1), "parameters.temprature", "key"),
        (OUTPUT_FILE, lambda d: d.update(pipeline="nowhere"), "pipeline", '"nowhere"'),
        (
            OUTPUT_FILE,
            lambda d: d["parameters"].update(OUTPUT_CHUNK="output_none"),
            "parameters.OUTPUT_CHUNK",
            '"output_none"',
        ),
        (CHUNK_FILE, lambda d: d.update(backend_type="crayon"), "backend_type", '"crayon"'),
        (
            CHUNK_FILE,
            lambda d: d.update(alternatives=[{"backend_type": "crayon"}]),
            "alternatives.0.backend_type",
            '"crayon"',
        ),
        (CHUNK_FILE, lambda d: d.pop("workflow"), "", "go together"),
        (PIPELINE_FILE, lambda d: d.update(chunks=["none"]), "chunks.0", '"none"'),
        *(
            (
                CHUNK_FILE,
                lambda d, wrong=wrong: d["meta"].update(estimated_duration_seconds=wrong),
                "meta.estimated_duration_seconds",
                "seconds",
            )
            for wrong in ("soon", "60-20", "0", "20 - 60", "-5", "")
        ),
    ],
)
def test_a_mistake_is_told_by_file_and_field(
    own_folder: Path, file: str, apply: Change, field: str, part: str
) -> None:
    change(own_folder / file, apply)
    [(told_file, told_field, message)] = mistakes_of(own_folder)
    assert (told_file, told_field) == (file, field)
    assert part in message


def test_all_mistakes_are_told_at_once(own_folder: Path) -> None:
    (own_folder / "pipelines/text_transformation.json").write_text("{", encoding="utf-8")
    change(own_folder / RULE_FILE, lambda d: (d.pop("icon"), d.update(color="blue")))
    change(own_folder / CHUNK_FILE, lambda d: d.update(backend_type="crayon"))
    payload = {(file, field) for file, field, _ in mistakes_of(own_folder)}
    assert payload == {
        (PIPELINE_FILE, ""),
        (RULE_FILE, "icon"),
        (RULE_FILE, "color"),
        (CHUNK_FILE, "backend_type"),
    }


def test_a_key_that_stands_twice_is_told(own_folder: Path) -> None:
    file = own_folder / RULE_FILE
    file.write_text('{"age": 9, ' + file.read_text(encoding="utf-8").lstrip("{"), encoding="utf-8")
    assert mistakes_of(own_folder) == [(RULE_FILE, "age", "this key stands here twice")]


@pytest.mark.parametrize("content", [b"\xff\xfe{}", b"", b"[1, 2]", b"null"])
def test_a_file_that_is_no_json_object_is_told(own_folder: Path, content: bytes) -> None:
    (own_folder / RULE_FILE).write_bytes(content)
    [(file, field, _)] = mistakes_of(own_folder)
    assert (file, field) == (RULE_FILE, "")


def test_two_files_whose_names_differ_only_in_unicode_form_are_told(own_folder: Path) -> None:
    folder = own_folder / "configs/interception"
    content = (BUILT_IN / "configs/interception/clichéfilter_v2.json").read_bytes()
    for form in ("NFC", "NFD"):
        (folder / f"{unicodedata.normalize(form, 'clichéfilter_v2')}.json").write_bytes(content)
    [(_, field, message)] = mistakes_of(own_folder)
    assert field == "id"
    assert "duplicate" in message


def test_a_file_name_in_the_taken_apart_form_is_read(own_folder: Path) -> None:
    name = unicodedata.normalize("NFD", "clichéfilter_v2.json")
    content = (BUILT_IN / "configs/interception/clichéfilter_v2.json").read_bytes()
    (own_folder / "configs/interception" / name).write_bytes(content)
    loaded = load_catalog([BUILT_IN, own_folder])
    assert set(loaded.interceptions) == set(RULES)


def test_a_rule_may_not_share_its_id_with_an_output_config(own_folder: Path) -> None:
    file = own_folder / "configs/interception/flux2.json"
    shutil.copy(own_folder / RULE_FILE, file)
    change(file, lambda d: d.update(id="flux2"))
    [(_, field, message)] = mistakes_of(own_folder)
    assert (field, message) == ("id", "an output config has the same id")


def test_a_file_in_the_wrong_place_is_told(own_folder: Path) -> None:
    stray = own_folder / "config" / "mine.json"
    stray.parent.mkdir()
    stray.write_text("{}", encoding="utf-8")
    [(file, _, message)] = mistakes_of(own_folder)
    assert file == "config/mine.json"
    assert "nothing is read" in message


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no such folder"):
        load_catalog([BUILT_IN, tmp_path / "gone"])


# An operator's folder


def test_an_operators_entry_replaces_ours_and_leaves_our_files_alone(
    catalog: Catalog, own_folder: Path
) -> None:
    change(own_folder / RULE_FILE, lambda d: d["name"].update(de="Maßlos"))
    ours = (BUILT_IN / RULE_FILE).read_bytes()
    theirs = load_catalog([BUILT_IN, own_folder], recipes=RULES, engines=ENGINES)
    assert theirs.interceptions["overdrive"].name.de == "Maßlos"
    assert catalog.interceptions["overdrive"].name.de == "Übertreibung"
    assert (BUILT_IN / RULE_FILE).read_bytes() == ours
    assert set(theirs.interceptions) == set(catalog.interceptions)
    assert theirs.digest != catalog.digest


def test_the_digest_is_the_same_for_the_same_files(catalog: Catalog) -> None:
    assert load_catalog([BUILT_IN]).digest == catalog.digest
    assert len(catalog.digest) == 64


def test_workflows_beside_the_layers_are_left_to_others(own_folder: Path) -> None:
    graph = own_folder / "workflows" / "mine.json"
    graph.parent.mkdir()
    graph.write_text('{"1": {"class_type": "X"}}', encoding="utf-8")
    assert load_catalog([BUILT_IN, own_folder]).outputs
