"""The words that a page's scripts need, in the language in force; `{name}` is filled in there."""

from ai4artsed.studio.strings.base import base_strings
from ai4artsed.studio.strings.drafts import draft_strings
from ai4artsed.studio.strings.goingon import going_on_strings
from ai4artsed.studio.strings.marks import mark_strings
from ai4artsed.studio.strings.room import room_strings
from ai4artsed.studio.strings.studio import studio_strings
from ai4artsed.studio.strings.voice import voice_strings
from ai4artsed.studio.strings.work import work_strings
from ai4artsed.studio.strings.works import works_strings

__all__ = ["studio_page_strings", "works_page_strings"]


def studio_page_strings() -> dict[str, str]:
    """Return the words of the page from the idea to the picture, by their key."""
    return _strings_of_a_work() | studio_strings()


def works_page_strings() -> dict[str, str]:
    """Return the words of the page of works, by their key."""
    return _strings_of_a_work() | works_strings()


def _strings_of_a_work() -> dict[str, str]:
    return (
        base_strings()
        | work_strings()
        | going_on_strings()
        | draft_strings()
        | mark_strings()
        | voice_strings()
        | room_strings()
    )
