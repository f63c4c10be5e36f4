"""Find e-mail addresses, links and handles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.kinds import Identifier, IdentifierKind
from bot.privacy.wordlists import names

# Every repeat is bounded: a text of one endless word must not cost quadratic time.
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,5}[A-Za-z]{2,24}\b")
URL = re.compile(r"(?:\bhttps?://|\bwww\.)[^\s<>\"'()\[\]\ufffc]{1,2000}", re.IGNORECASE)
# Bare domains only with an ending that no sentence runs into ("the room.She").
DOMAIN_ENDS = (
    "com|org|net|edu|gov|info|app|online|site|blog|shop|store|xyz|dev|page|social|health|care|example|"
    "(?:co|org|ac|gov|net|edu|nhs|com|school|sch|law|web|nom|gob|or|ne|go|ngo|police|govt|iwi|maori|"
    "geek|mil|res|nic|plc|ltd|me|gen|asn|id)\\.[a-z]{2}|"
    "ie|za|ke|ng|nz|au|uk|ca|eu|de|nl|fr|ug|tz|gh|zw|bw|na|pk|lk|bd|scot|wales|cymru|london|africa|capetown|joburg|durban"
)
BARE = re.compile(
    rf"(?i)(?<![\w@.-])(?:[a-z0-9-]{{1,63}}\.){{1,4}}(?:{DOMAIN_ENDS})\b(?!\.\w)"
    r"(?:/[^\s<>\"'()\[\]\ufffc]{0,2000})?"
)
# Any domain with a path: "carekids.xy/forms".
WITH_PATH = re.compile(
    r"(?<![\w@./-])(?:[A-Za-z0-9-]{1,63}\.){1,4}[a-z]{2,12}/[\w/?=&%.#~+-]{2,2000}"
)
# Shortened links: "bit.ly/3xYz".
SHORTENED = re.compile(
    r"(?<![\w@.-])[\w-]{1,63}\.(?:ly|me|gl|co|be|tv|to|io|gg|link|site|xyz)/[\w/?=&%.-]{2,200}"
)
# An address that is spelt out: joan (at) kidsplace (dot) org, or with "at" and "dot".
SPELT_EMAIL = re.compile(
    r"(?i)\b[\w.+-]{1,64}(?: ?(?:\(at\)|\[at\]) ?[\w-]{1,63}"
    r"(?: ?(?:\(dot\)|\[dot\]|\bdot\b|\.) ?[a-z]{2,12}){1,3}|"
    r" at [\w-]{1,63}(?: dot [a-z]{2,12}){1,3})\b"
)
# "nandi dot k at gmail dot com"
SPELT_LONG = re.compile(
    r"(?i)\b[\w+-]{1,40}(?: (?:dot|underscore|"
    r"dash) [\w+-]{1,40}){0,3} at [\w-]{1,40}(?: dot [a-z]{2,12}){1,3}\b"
)
# "insta: kaylz_2014", "her tiktok is lexi.xo": what follows is no plain word.
SITES = (
    r"insta(?:gram)?|ig|tik ?tok|snap(?:chat)?|twitter|facebook|fb|messenger|discord|roblox|xbox|"
    r"psn|skype|steam|"
    r"telegram|signal|threads|bluesky|reddit|youtube|twitch|kik|wechat|viber|linkedin|pinterest|minecraft|"
    r"fortnite|playstation|ps ?[45]|nintendo|gamertag|gamer tag|user ?names?|handle|screen name|"
    r"login|"
    r"user|profile|account|channel|nickname on \w{2,12}|tag"
)
LEADS = (
    r"(?:(?:['’]s| name| handle| account| tag| user| id| page| profile| is| was| as| called|"
    r" under| she is|"
    r" he is| she['’]s| he['’]s| they are| goes by| the| my| her| his| new| old| on there|"
    r" there)\b){0,4}"
)
NAMED_HANDLE = re.compile(
    rf"(?i)\b(?:{SITES}){LEADS}(?: ?[:=,(]{{1,2}} ?| )[\"“‘'@]?"
    r"(?P<handle>(?=[\w.#:-]{0,29}[\d_.#:][\w-]|(?-i:[A-Za-z]{0,20}[a-z][A-Z]))[a-z][\w.:-]{2,30}(?:#\d{2,6})?)"
)
# After these a plain word is one too, unless English knows it: "insta: kaylz", "the handle is
# nomz".
NAMED_WORD = re.compile(
    r"(?i)\b(?:insta(?:gram)?|ig|tiktok|snap(?:chat)?|twitter|discord|gamertag|gamer tag|"
    r"username|user name|"
    r"handle|screen name|roblox)(?:['’]s| name| handle| user| is| was| as){0,3}[: ]{1,2}[\"“‘']?"
    r"(?P<handle>[a-z][a-z\d]{3,30})\b"
)
# "kaylz99 on insta", "as slayerboy07 on roblox": letters and digits at once.
ON_SITE = re.compile(
    r"(?i)(?<![\w@./-])(?P<handle>(?=[a-z._-]{0,30}\d)[a-z][\w.-]{3,30}) on (?:there|"
    r"insta(?:gram)?|ig|tik ?tok|snap(?:chat)?|"
    r"twitter|facebook|fb|discord|roblox|xbox|psn|steam|telegram|reddit|youtube|twitch|kik)\b"
)
# "from big.kev.rides", "as justice4tee": no plain word looks so.
BY_SHAPE = re.compile(
    r"\b(?:as|from|by|under|called|is|@) (?P<handle>[a-z]{2,15}\.[a-z]{2,15}\.[a-z]{2,15}|"
    r"[a-z]{3,15}\d{1,4}[a-z]{2,15})\b"
)
# "u/throwaway_ther", "r/foo", "wolfie#4471"
REDDIT = re.compile(r"(?<![\w/.])/?[ur]/[\w-]{3,30}\b")
TAGGED = re.compile(r"(?<![\w#@/])[A-Za-z][\w.]{1,31}#\d{3,6}\b")
# No word of any language holds one.
UNDERSCORED = re.compile(r"(?<![\w@./\ufffc-])[A-Za-z\d.]{1,30}_[\w.]{1,2000}(?![@/])")
# "big.daz.1982", "j.smith99": letters, full stops and digits, and nothing after that goes on.
DOTTED_HANDLE = re.compile(
    r"(?<![\w@./:-])(?!v\.|no\.|p\.|pp\.|ch\.|fig\.|vol\.)"
    r"[a-z]{1,20}(?:\.[a-z]{1,20}){1,3}\.?\d{2,6}(?![\w@/]|[.:]\d)"
)
# "kaylz2014": letters of no word, and digits at once.
LETTERS_AND_DIGITS = re.compile(
    r"(?<![\w@./:#-])(?P<handle>(?P<letters>[a-z]{4,20})\d{2,4})(?![\w@/]|[.:-]\w)"
)
# Slack writes a member as <@U012AB3CD>.
HANDLE = re.compile(r"<@[A-Z0-9]{5,20}(?:\|[^>\s]{1,80})?>|(?<![\w@.])@[A-Za-z_][\w.]{1,63}")
IP = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)")
TRAILING = ".,;:!?…"


def find_online(text: str) -> Iterator[Identifier]:
    """Give e-mail addresses, links, handles and IP addresses."""
    lowered = text.lower()
    for found in NAMED_WORD.finditer(text):
        if not _is_known(found["handle"].lower()):
            yield Identifier(*found.span("handle"), IdentifierKind.HANDLE)
    for found in LETTERS_AND_DIGITS.finditer(text):
        if not _is_known(found["letters"]):
            yield Identifier(*found.span("handle"), IdentifierKind.HANDLE)
    for sign, pattern, kind in (
        ("@", EMAIL, IdentifierKind.EMAIL),
        ("at", SPELT_EMAIL, IdentifierKind.EMAIL),
        (" dot ", SPELT_LONG, IdentifierKind.EMAIL),
        ("_", UNDERSCORED, IdentifierKind.HANDLE),
        ("", NAMED_HANDLE, IdentifierKind.HANDLE),
        (" on ", ON_SITE, IdentifierKind.HANDLE),
        ("/", REDDIT, IdentifierKind.HANDLE),
        (".", DOTTED_HANDLE, IdentifierKind.HANDLE),
        ("", BY_SHAPE, IdentifierKind.HANDLE),
        ("#", TAGGED, IdentifierKind.HANDLE),
        ("/", WITH_PATH, IdentifierKind.URL),
        ("", URL, IdentifierKind.URL),
        ("/", SHORTENED, IdentifierKind.URL),
        (".", BARE, IdentifierKind.URL),
        ("@", HANDLE, IdentifierKind.HANDLE),
        (".", IP, IdentifierKind.OTHER),
    ):
        if sign not in lowered:
            continue
        for found in pattern.finditer(text):
            group = "handle" if "handle" in pattern.groupindex else 0
            start, shown = found.start(group), found[group].rstrip(TRAILING)
            yield Identifier(start, start + len(shown), kind)


def _is_known(key: str) -> bool:
    """Whether the letters are a word that lists know, so that nobody goes by them."""
    lists = names()
    return any(key in some for some in (lists.english, lists.loanwords, lists.never, lists.roles))
