"""What people are told when something failed: each kind of failure has a sentence of its own."""

from __future__ import annotations

import pytest
from django.utils import translation

from pipelines.engines.jobs import EngineError, ErrorKind
from pipelines.error_messages import MESSAGES, OTHERWISE, message_for, message_of

KINDS = [value for name, value in vars(ErrorKind).items() if name.isupper()]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_failure_has_a_sentence_of_its_own(kind: str) -> None:
    assert MESSAGES[kind] != OTHERWISE
    assert len([other for other in MESSAGES.values() if other == MESSAGES[kind]]) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_children_are_told_in_german_too(kind: str) -> None:
    with translation.override("de"):
        assert message_for(kind) != MESSAGES[kind]


def test_a_kind_that_nobody_knows_is_told_all_the_same() -> None:
    assert message_for("something new") == message_for("")


def test_an_engine_that_knows_better_says_it_itself() -> None:
    error = EngineError(ErrorKind.BAD_REQUEST, "Nimm ein kleineres Bild.")
    assert message_of(error) == "Nimm ein kleineres Bild."
