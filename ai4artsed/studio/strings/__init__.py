"""The words that a page's scripts need, in the language in force; `{name}` is filled in there."""

from ai4artsed.studio.strings.base import base_words
from ai4artsed.studio.strings.drafts import draft_words
from ai4artsed.studio.strings.goingon import going_on_words
from ai4artsed.studio.strings.marks import mark_words
from ai4artsed.studio.strings.studio import studio_words
from ai4artsed.studio.strings.voice import voice_words
from ai4artsed.studio.strings.work import work_words
from ai4artsed.studio.strings.works import works_words

__all__ = ["words_of_studio", "words_of_works"]


def words_of_studio() -> dict[str, str]:
    """Return the words of the page from the idea to the picture, by their key."""
    return _words_of_a_work() | studio_words()


def words_of_works() -> dict[str, str]:
    """Return the words of the page of works, by their key."""
    return _words_of_a_work() | works_words()


def _words_of_a_work() -> dict[str, str]:
    return (
        base_words()
        | work_words()
        | going_on_words()
        | draft_words()
        | mark_words()
        | voice_words()
    )
