"""E-mail addresses, also as they are written to get past a filter."""

from __future__ import annotations

from pipelines.safety.personal_data.text import Text, pattern

_TOP = (
    "(?:de|com|net|org|at|ch|eu|info|io|uk|fr|it|pl|tr|ru|nl|be|es|ua|edu|gov|me|email|online"
    "|schule)"
)
_PROVIDER = (
    r"(?:g(?:oogle)?mail|gmx|web|hotmail|outlook|yahoo|icloud|t-?online|freenet|posteo|mailbox"
    r"|proton(?:mail)?|live|aol|arcor|mail|yandex|ymail|schule|msn)"
)
_DOT = r"(?: ?[.,] ?| ?[(\[{<] ?(?:dot|punkt|\.) ?[)\]}>] ?| (?:dot|punkt|point) )"
_DOT_WORD = r"(?: dot | punkt | ?[(\[](?:dot|punkt)[)\]] ?)"
_AT_SIGN = r"(?<=[\w ])(?: ?@ ?| ?[(\[{<*_-] ?(?:at|ät|@|affe) ?[)\]}>*_-] ?)"
_AT_WORD = r"(?<=\w) (?:at|ät|et|klammeraffe|affenschwanz) "
_SIGNS = ("@", *(f"{left}{at}" for left in "([{<*_-" for at in ("at", "ät", " at", "affe")))
_PROVIDERS = (
    "mail", "gmx", "web", "outlook", "yahoo", "icloud", "online", "freenet", "posteo", "live",
    "aol", "arcor", "yandex", "schule", "msn",
)  # fmt: skip
# What must stand in the text for a pattern to be worth a look, and the pattern.
_EMAILS = (
    (("@",), pattern(r"[\w.+-]@[\w-]{2}")),
    (_SIGNS, pattern(_AT_SIGN, r"[\w-]{2,40}", _DOT, _TOP, r"\b")),
    (_SIGNS, pattern(_AT_SIGN, _PROVIDER, r"\b")),
    (_PROVIDERS, pattern(_AT_WORD, _PROVIDER, r"(?:", _DOT, "| )", _TOP, r"\b")),
    (("dot", "punkt"), pattern(_AT_WORD, r"[\w-]{2,40}", _DOT_WORD, _TOP, r"\b")),
    (_PROVIDERS, pattern(r"[\d._]\w{0,20} ", _PROVIDER, _DOT, _TOP, r"\b")),
)


def has_email(text: Text) -> bool:
    return any(text.has(*signs) and each.search(text.small) for signs, each in _EMAILS)
