"""What people are told when something failed: each kind of failure has a sentence of its own."""

from __future__ import annotations

import pytest
from django.utils import translation

from pipelines.engines.jobs import EngineError, ErrorKind
from pipelines.error_messages import MESSAGES, message_for, message_of
from runs.archive import STORAGE_FULL


@pytest.mark.parametrize("kind", ErrorKind)
def test_every_kind_of_failure_has_a_sentence_of_its_own(kind: ErrorKind) -> None:
    assert list(MESSAGES.values()).count(MESSAGES[kind]) == 1
    assert message_for(kind) == message_for(kind.value) != message_for("")


@pytest.mark.parametrize("kind", ErrorKind)
def test_children_are_told_in_german_too(kind: ErrorKind) -> None:
    with translation.override("de"):
        assert message_for(kind) != MESSAGES[kind]


def test_a_full_disk_has_a_sentence_too() -> None:
    assert message_for(STORAGE_FULL) not in {message_for(""), *map(message_for, ErrorKind)}


def test_a_kind_that_nobody_knows_is_told_all_the_same() -> None:
    assert message_for("something new") == message_for("")


def test_an_engine_that_knows_better_says_it_itself() -> None:
    error = EngineError(ErrorKind.BAD_REQUEST, "Nimm ein kleineres Bild.")
    assert message_of(error) == "Nimm ein kleineres Bild."
