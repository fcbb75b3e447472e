"""Names of accounts: in social networks and games, and those of banks."""

from __future__ import annotations

import re

from pipelines.safety.personal_data.text import Text, pattern

_NETWORK = (
    r"(?:insta(?:gram)?|snap(?:chat)?|tik ?tok|discord|telegram|twitter|facebook|youtube|yt"
    r"|twitch|roblox|fortnite|steam|whatsapp|signal|threads|bereal|psn|xbox|minecraft|reddit)"
)
_HANDLE = r"[^\W\d_]{0,30}[\d_.-][\w.-]{0,40}\w"
_NETWORKS = (
    "insta", "snap", "tok", "discord", "telegram", "twitter", "facebook", "youtube", "yt",
    "twitch", "roblox", "fortnite", "steam", "whatsapp", "signal", "threads", "bereal", "psn",
    "xbox", "minecraft", "reddit",
)  # fmt: skip
_NICK = r"(?:[ -]?(?:name|nick(?:name)?|account|profile?|user(?:name)?|kanal|channel|id))?"
_SAID_OF_IT = (
    r"(?:ein\w*|nicht|kaputt|cool|toll|meine?|voll|langsam|weg|gut|super|so|blau|rot|bunt|not|a"
    r"|the|broken|down)\b"
)
# What must stand in the text for a pattern to be worth a look, and the pattern.
_ACCOUNTS = (
    (("@",), pattern(r"(?<![\w@.])@[a-z_][\w.]{2,30}")),
    ((".com/", ".tv/", ".net/"), pattern(
        r"\b(?:instagram|tiktok|youtube|facebook|snapchat|twitter|twitch|github|pinterest|reddit"
        r"|linkedin|roblox|steamcommunity|x|soundcloud|threads)\.(?:com|tv|net)/[@\w]"
    )),
    (("t.me/", "wa.me/", "discord.gg/", "youtu.be/", "linktr.ee/", "vk.com/"), pattern(
        r"\b(?:t\.me|wa\.me|discord\.gg|youtu\.be|linktr\.ee|vk\.com)/\w"
    )),
    (("http",), pattern(
        r"\bhttps?://\S{1,100}(?:/(?:users?|u|profile|profil|~|@|people)/?\w|\w:\w+@)"
    )),
    (_NETWORKS, pattern(
        r"\b(?:mein|meine|my)(?: [a-z]{2,8})? ?", _NETWORK, _NICK,
        r" ?(?:ist|is|heißt|lautet|'s|:|=) ?(?!", _SAID_OF_IT, r")[\w@.]{3,}"
    )),
    (_NETWORKS, pattern(r"\b", _NETWORK, r" ?[:=] ?", _HANDLE)),
    (_NETWORKS, pattern(
        r"\b(?:folg(?:t|e)?|adde?t?|follow|add|schreib(?:t)?) (?:mir|mich|me)\b[^.!?]{0,15}\b",
        _NETWORK, r"\b[ :,]{0,3}(?:unter |als |as |at )?", _HANDLE
    )),
    (_NETWORKS, pattern(
        r"\b(?:insta|snap(?:chat)?|tik ?tok|discord) [a-z][a-z.]{0,20}[\d_][\w.]{0,20}"
    )),
    (_NETWORKS, pattern(r"\bauf ", _NETWORK, r" (?:heiße|heisse|bin) ich\b")),
    (_NETWORKS, pattern(r"\b(?:on|in) ", _NETWORK, r" (?:i am|i'm|my name is)\b")),
    (("#",), pattern(r"(?<![\w#])(?!farbe#|color#|colour#|nr#|no#)[a-z]\w{1,31}#\d{4}\b")),
)  # fmt: skip


def has_account(text: Text) -> bool:
    return any(text.has(*signs) and each.search(text.small) for signs, each in _ACCOUNTS)


_FEWEST_DIGITS = 12
_IBAN = pattern(r"(?<!\w)[a-z]{2} ?\d{2}(?: ?[a-z\d]){11,30}(?!\w)")


def has_bank_account(text: Text) -> bool:
    return text.digits >= _FEWEST_DIGITS and any(
        _is_iban(match.group()) for match in _IBAN.finditer(text.small)
    )


def _is_iban(found: str) -> bool:
    # Words may follow, so every length is tried.
    signs = found.replace(" ", "").upper()
    if re.match(r"DE\d{20}", signs):
        return True
    return any(_adds_up(signs[:length]) for length in range(15, min(len(signs), 34) + 1))


def _adds_up(iban: str) -> bool:
    turned = iban[4:] + iban[:4]
    if sum(char.isdigit() for char in iban) < _FEWEST_DIGITS:
        return False
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1
