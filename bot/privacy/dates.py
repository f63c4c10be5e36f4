"""Find exact dates. Weekdays alone, "yesterday", months alone, years alone and times stay.

A month or a feast with a year goes too, and the weekday before a date: HIPAA counts every element
of a date but the year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.kinds import Identifier, IdentifierKind

LONG = (
    "january|february|april|june|july|august|september|october|november|december|"
    "januarie|februarie|maart|mei|junie|julie|augustus|oktober|desember|"
    "jan|feb|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
# Months of other languages that no English word looks like; written with "de" or a full stop too.
FOREIGN = (
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|"
    "diciembre|mai|janvier|février|fevrier|avril|juin|juillet|août|septembre|octobre|novembre|"
    "décembre|decembre|januar|februar|märz|juni|juli|dezember|janeiro|fevereiro|março|maio|junho|"
    "julho|setembro|outubro|novembro|dezembro|gennaio|febbraio|aprile|maggio|giugno|luglio|"
    "settembre|ottobre|dicembre|ionawr|chwefror|mawrth|ebrill|mehefin|gorffennaf|awst|medi|hydref|"
    "tachwedd|rhagfyr|stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|"
    "października|listopada|grudnia|januari|februari|muharram|safar|rajab|shaban|sha'ban|shawwal|"
    "ramadan|ramadhan"
)
WEEKDAY = (
    r"(?:(?i:mon|tues|wednes|thurs|fri|satur|sun)(?i:day)|Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)"
    r"\.?,? (?:the )?"
)
# "may" and "march" are verbs too, "mar" a name: they need their capital.
MONTH = rf"(?:(?i:{LONG})|May|MAY|March|MARCH|Mar)\b\.?"
ANY_MONTH = rf"(?:(?i:{LONG}|may|march|mar)\b\.?)"
DAY = r"(?:0?[1-9]|[12]\d|3[01])"
ORDINAL = rf"{DAY}(?i:st|nd|rd|th)"
TENS = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
TEENS = "thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth"
SPELT = rf"(?i:(?:twenty|thirty)[- ](?:{TENS})|{TENS}|{TEENS}|twentieth|thirtieth)"
YEAR = r"(?:,? ?(?:19|20)\d\d|,? ?['’]\d\d)?\b"
FULL_YEAR = r",? (?:19|20)\d\d\b"
LEFT = rf"(?<![\w/.-])(?:\b{WEEKDAY})?"
# "4–8 July", "the 4th to the 8th of July", "3/4 May"
RANGE = rf"(?:{DAY}|{ORDINAL}) ?(?:[-–—/&]|to|and|until|till) ?(?:the )?"
FEAST = (
    r"(?:Christmas|Xmas|New Year(?:['’]?s)?|Boxing|Easter|Palm|Good|Ash|Maundy|Pentecost|Whit|"
    r"Mother(?:['’]?s|s['’])|Father(?:['’]?s|s['’])|Valentine(?:['’]?s)?|(?:St\.?|Saint) "
    r"(?:Patrick|David|Andrew|George|Nicholas|Valentine)(?:['’]?s)?|Anzac|ANZAC|Australia|Waitangi|"
    r"Mandela|Heritage|Youth|Women['’]?s|Freedom|Workers['’]?|Human Rights|Labou?r|Memorial|"
    r"Independence|Veterans['’]?|Remembrance|Bonfire|Burns|Canada|Republic|Africa|Reconciliation|"
    r"Mashujaa|Jamhuri|Madaraka|Children['’]?s)"
)
# "Christmas Eve 2020", "Easter Monday 2019", "Eid 2022"
FEAST_WITH_YEAR = (
    rf"\b(?:{FEAST} (?:[Ee]ve|[Dd]ay|[Mm]onday|[Ss]unday|[Ff]riday|[Tt]hursday|[Ss]aturday|"
    r"[Ww]ednesday|[Nn]ight|[Mm]orning|[Ww]eek)|Christmas|Xmas|Easter|New Year['’]?s?|Hogmanay|"
    r"Halloween|Thanksgiving|Diwali|Deepavali|Holi|Eid(?: al-\w{3,5}|ul-\w{3,5})?|Ramad(?:h)?an|"
    r"Hanukkah|Chanukah|Passover|Pesach|Purim|Yom Kippur|Rosh Hashanah|Pentecost|Kwanzaa|Matariki|"
    r"Juneteenth|Lent|Advent|Songkran|Nowruz|Vesak|Vaisakhi|Navratri|Onam|Pongal|Kersfees|Oukersaand|"
    r"Heiligabend|Weihnachten|Navidad|Nochebuena|Noël|(?:Lunar|Chinese) New Year|T[eế]t|Chuseok)"
    r",? (?:of |in )?(?:19|20)\d\d\b"
)
MONTH_NUMBER = "(?:0?[1-9]|1[0-2])"

PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{LEFT}(?:{RANGE})?(?:{ORDINAL}|{SPELT}) (?:day )?of {ANY_MONTH}{YEAR}",
        rf"{LEFT}{RANGE}(?:{ORDINAL}|{DAY}) ?{MONTH}{YEAR}",
        rf"{LEFT}{MONTH} {RANGE}(?:{ORDINAL}|{DAY})\b(?![:.]\d| ?%){YEAR}",
        (
            rf"{LEFT}{DAY}(?:\.|er|º)? (?:de |d['’])?(?i:{FOREIGN})\b"
            r"(?:,? (?:de |del )?(?:19|20)\d\d)?"
        ),
        FEAST_WITH_YEAR,
        # "Saturday the 17th", "Sat 17th"; the letter of the 12th inst.
        (
            rf"(?<![\w-])\b{WEEKDAY}{ORDINAL}\b"
            r"(?! (?:thing|time|from|of [a-z]|session|visit|birthday|week|one))"
        ),
        rf"(?<![\w-]){ORDINAL} (?:inst|ult|prox)\b\.?",
        rf"{LEFT}{ORDINAL} ?{ANY_MONTH}{YEAR}",
        rf"{LEFT}{DAY}[ -]?{MONTH}(?:-(?:\d\d){{1,2}}\b)?{YEAR}",
        rf"{LEFT}{DAY}[ -]?{ANY_MONTH}{FULL_YEAR}",
        rf"{LEFT}{MONTH} (?:the )?(?:{ORDINAL}|{SPELT}){YEAR}",
        rf"{LEFT}{ANY_MONTH} (?:the )?{ORDINAL}{YEAR}",
        rf"{LEFT}{MONTH} {DAY}\b(?![:.]\d| ?(?:%|am\b|pm\b|times|of us|people|minutes)){YEAR}",
        rf"{LEFT}{MONTH}{FULL_YEAR}",
        rf"{LEFT}{ANY_MONTH}{FULL_YEAR}",
        # 12/03/2026, 3-4-15, 12.03.2026
        rf"{LEFT}{DAY}(?P<sep>[/.-])(?:{DAY})(?P=sep)(?:(?:19|20)\d\d|\d\d)(?![\w/]|[.-]\d)",
        rf"{LEFT}(?:19|20)\d\d(?P<sep>[/.-]){MONTH_NUMBER}(?P=sep){DAY}(?![\w/-])",
    )
)
HAS_DAY = re.compile(rf"\d|\b{SPELT}\b")
# The full stop of "8 Sept." is a part of the date, unless it may end the sentence.
SHORT_MONTH = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|inst|ult|prox)\.$", re.IGNORECASE
)
GOES_ON = re.compile(r"['\"’”),;:]|\s+[a-z\d(]")
# "on 12/3": two numbers are a date only after such a word, for "7/10" is a score.
SHORT = re.compile(
    r"\b(?i:on|dob:?|born|dated|since|until|by)(?: the)? "
    rf"(?P<date>{DAY}/{MONTH_NUMBER})(?![\w/]|\.\d)"
)
# "on 5 may": after "on", no verb stands there.
SMALL = re.compile(rf"\b(?:on|since|until|by|dated|from) (?P<date>{DAY} (?:may|march|mar){YEAR})")
# "on the night of the 5th.": with a month or without.
DAY_ALONE = re.compile(
    r"\b(?:on|(?:night|morning|evening|day) of|since|until|by) the "
    rf"(?P<date>{ORDINAL})(?=[.,;!?]|$)"
)


def find_dates(text: str) -> Iterator[Identifier]:
    """Give the exact dates in a text."""
    if not HAS_DAY.search(text):
        return
    for pattern in PATTERNS:
        for found in pattern.finditer(text):
            end = found.start() + len(found[0].rstrip(" .,"))
            if SHORT_MONTH.search(text[found.start() : end + 1]) and GOES_ON.match(text, end + 1):
                end += 1
            yield Identifier(found.start(), end, IdentifierKind.DATE)
    for pattern in (SHORT, SMALL, DAY_ALONE):
        for found in pattern.finditer(text):
            yield Identifier(found.start("date"), found.end("date"), IdentifierKind.DATE)
