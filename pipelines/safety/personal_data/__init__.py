"""Personal data in a text, found here in the house before the text may leave it.

Only kinds are reported, never the words: neither a log nor a record is to repeat them. What is
ambiguous passes: "auf der Straße 3 Katzen" is an idea, "Bahnhofstraße 3" an address.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.safety.errors import Blocked
from pipelines.safety.messages import personal_data_message
from pipelines.safety.personal_data.accounts import has_account, has_bank_account
from pipelines.safety.personal_data.addresses import has_address
from pipelines.safety.personal_data.emails import has_email
from pipelines.safety.personal_data.persons import has_birth_date, has_name
from pipelines.safety.personal_data.phones import has_phone
from pipelines.safety.personal_data.text import Text, readings

PERSONAL_DATA = "personal_data"

KINDS: dict[str, Callable[[Text], bool]] = {
    "name": has_name,
    "email": has_email,
    "phone": has_phone,
    "address": has_address,
    "account": has_account,
    "birth_date": has_birth_date,
    "bank_account": has_bank_account,
}


class PersonalData(Blocked):
    """The text says how to find or reach somebody; `kinds` are some of `KINDS`."""

    def __init__(self, kinds: tuple[str, ...], *, stage: int, part: str) -> None:
        message = personal_data_message(kinds, part)
        super().__init__(stage=stage, reason=PERSONAL_DATA, message=message)
        self.kinds = kinds


def check_personal_data(text: str, *, stage: int, part: str) -> None:
    """Raise `PersonalData` where `text` holds any."""
    kinds = personal_data_in(text)
    if kinds:
        raise PersonalData(kinds, stage=stage, part=part)


def personal_data_in(text: str) -> tuple[str, ...]:
    """Return the kinds of personal data in `text`, in the order of `KINDS`."""
    found = {kind for each in readings(text) for kind, is_in in KINDS.items() if is_in(each)}
    return tuple(kind for kind in KINDS if kind in found)
