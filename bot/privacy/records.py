"""Find record numbers: of files, cases, dockets, courts, identity papers, cards and vehicles.

A word such as "docket" beside it makes a number of almost any shape a record's; without one only
shapes that nothing else has count. Scores, doses, times, amounts, forms and sections stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.kinds import Identifier, IdentifierKind

# Nouns whose number is an identifier, wherever the country. Longer ones hold a shorter one at
# their end ("medical record"), so only the last word needs to stand here.
NOUN = (
    r"cases?|files?|folders?|dockets?|records?|reference|refs?|hospital|patient|client|identity|"
    r"identification|i\.?d|passport|policy|medical aid|membership|member|account|acc|acct|a/c|"
    r"licen[cs]e|registration|reg|rego|plates?|badge|warrant|ticket|invoice|claim|receipt|booking|"
    r"incident|crime|police|ob|cr|fir|cas|cad|occurrence|complaint|matter|application|appeal|"
    r"petition|suit|court|cause|inquest|order|asylum|permit|visa|refugee|unhcr|home office|"
    r"social security|social|ssn|sin|tfn|tax|pin|nin|bvn|nino|ni|national insurance|nhs|nhi|chi|"
    r"hcn|mrn|mr|urn|uhid|crn|upn|uln|lrn|learner|pupil|student|admission|enrolment|enrollment|"
    r"emis|exam|index|employee|staff|personnel|payroll|persal|practice|card|medicare|medicaid|"
    r"insurance|ihi|dva|centrelink|ndis|grant|sassa|benefit|pension|loan|meter|serial|imei|vin|"
    r"chassis|engine|device|asset|study|participant|sample|specimen|lab|cert(?:ificate)?|entry|"
    r"ppsn?|pulse|a[ae]dhaa?r|pan|voter|ration|epic|huduma|nssf|nhif|sha|kra|bank|iban|cheque|"
    r"sort code|parcel|tracking|rego|number ?plate|vehicle|car|van|bakkie|truck|taxi|matatu|"
    r"motorbike|boda|scooter|lorry|ute|sedan|tracker|tag|docket|report|register|protocol|"
    r"unit record|chart|"
    r"enquiry|enq|inquiry|query|log|slip|batch|roll|bundle|exhibit|dossier|confirmation|transaction|"
    r"hearing|sapd|saps|statement|summons|writ|affidavit|deed|title|lease|tenancy|contract|payment|"
    r"deposit|debit|credit|customer|consumer|subscriber|sim|imsi|handset|model|unique|patient's"
)
# "no.", "number", "#": with one of these, two digits are enough.
SIGN = r"(?:numbers?|num|nr|no|id|ref(?:erence)?|code|#)"
FILL = (
    r"(?:(?:is|was|are|were|being|reads?|says|starts|ends|ending|in|with|now|also|the|same|still|"
    r"given|as|under|marked|plate|quoted?|quoting|her|his|of|on it)\b)"
)
# What lies between a label and its number: signs, and at most four such words.
BETWEEN = rf"(?:[ \t]?[:=#,.(\"“'-]){{0,2}}(?:[ \t]{{0,2}}(?:{FILL}|{SIGN}\b[.:]?|[#:]))" + r"{0,4}"
# Groups of letters and digits with a digit somewhere near the front: "CAS 231/4/2025",
# "55-204-118",
# "(P)SYC4471/2023", "KBZ 412J", "14/3/2/1-556".
GROUP = r"[A-Z\d]{1,20}"
CODE = (
    rf"(?-i:\([A-Z]\))?(?:(?-i:[A-Z]{{1,8}})[ ./-]{{1,2}}){{0,2}}(?=[A-Z]{{0,8}}\d)"
    rf"{GROUP}(?:[/:._-]{{1,2}}{GROUP}){{0,6}}(?:[ -](?=(?-i:[A-Z]{{0,4}})\d){GROUP}"
    rf"(?:[/-]{GROUP}){{0,3}}|"
    r" (?-i:[A-Z]{1,3})\b(?!['’])| of (?=(?:19|20)\d\d\b)\d{4}){0,4}"
)
LABELLED = re.compile(
    rf"(?i)(?<![\w-])(?P<label>{NOUN}|{SIGN})(?:['’]s)?(?![\w-]|/[a-z]){BETWEEN}"
    rf"[ \t]{{0,2}}(?P<number>#?{CODE})(?![\w%°]|[.,]\d|['’]s)"
)
# What counts something or measures it is no record: "files 120 pages", "order 300 ml".
COUNTED = re.compile(
    r"(?i)\s?(?:%|percent|people|persons|kids|children|families|clients|cases|files|pages|words|times|"
    r"minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|yrs?|sessions?|euros?|rand|pounds?|dollars?|"
    r"quid|bucks|naira|shillings|rupees|bob|km|kms|kilometres|miles|metres|meters|mg|ml|kg|cm|am|pm|"
    r"o['’]?clock|points?|degrees|letters|pieces|likes|followers|of us|or so|more|times)\b"
)
YEAR = re.compile(r"(?:19|20)\d\d(?:[/-](?:\d\d|(?:19|20)\d\d))?")
CURRENCY = re.compile(r"(?:[$£€₦₹R]|ZAR|USD|AUD|GBP|KES|Ksh|KSh|NGN|Rs\.?|INR) ?$")
VEHICLE_WORD = re.compile(
    r"(?i)\b(?:plates?|reg|rego|registration|car|van|bakkie|truck|taxi|matatu|motorbike|boda|ute|"
    r"vehicle|toyota|polo|corolla|ford|golf|hilux|lorry|scooter|sedan|hatchback)\b"
)
VEHICLE = re.compile(VEHICLE_WORD.pattern + r"[^.!?]{0,40}$")
LOOSE_PLATE = re.compile(
    r"(?i)(?<![\w/-])(?=[a-z\d -]{5,11}\b)(?:[a-z]{1,4}[ -]?\d{2,4}[ -]?(?:\d{2,4}|[a-z]{1,3})|"
    r"\d{1,3}[ -]?[a-z]{2,3}[ -]?\d{1,4}[a-z]{0,2}|[a-z]{3}[ -]?\d{3,4})(?:[ -](?:gp|wp|mp|nw|l|"
    r"zn|fs|ec|nc))?(?![\w/-])"
)

SHAPES = tuple(
    re.compile(each)
    for each in (
        r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])",  # social security
        r"\b[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b",  # national insurance
        r"\b[1-9][A-Z][A-Z0-9]\d-?[A-Z][A-Z0-9]\d-?[A-Z]{2}\d{2}\b",  # Medicare
        r"\b[A-Z]{1,2}\d{6,12}[A-Z]{0,2}\b",  # passports
        r"\b\d{7}[A-Z]{1,2}\b",  # Irish personal numbers
        r"(?<![\w/.-])\d{4,8}-[A-Z]{1,2}\b(?!-)",
        r"\b\d{3}-\d{2}C\d{5}\b",  # refugees
        r"\b\d{3} \d{3} \d{3}[A-Z]\b",
        r"(?<![\w.,-])\d{7,}(?![\w])",
        # "SWK-88213", "WC/CP/0092", "FAM-2025-004417", "COMPL/0082", "R-1186/b"
        (
            r"(?<![\w/.-])(?=[A-Z\d/_-]{0,20}[A-Z])(?=(?:[A-Z/_-]{0,16}\d){3})[A-Z\d]{1,14}"
            r"(?:[/_-](?:[A-Z\d]{1,14}|[a-z](?![a-z]))){1,6}(?![\w/]|-\w)"
        ),
        r"(?<![\w/-])\d{1,6}[/-][A-Z]{1,4}[/-]\d{2,7}(?![\w/-])",  # 191-D-22331
        r"\b[A-Z]{2,4}[ -]?\d{3,4}[ -]\d{3,6}\b",
        r"\b(?!AUD|USD|ZAR|GBP|KES|NGN|INR|EUR|KSH|NZD)[A-Z]{2,6} \d{4,7}[A-Z]?\b",
        r"(?<![\w/.-])(?!usd|ksh|aud|gbp|zar|kes)[a-z]{2,6}[-/]?\d{4,10}(?:[/-][a-z\d]{1,8}){0,2}(?![\w/-])",
        r"(?<![\w/.,:-])0\d{4,8}(?![\w/:-])",
        r"(?<![\w/.,:-])(?!\d{2,3}000|\d{3,4}00)\d{5,6}(?![\w/:-]|[.,]\d)",
        r"(?<![\w-])(?!AUD|USD|ZAR|GBP|KES|NGN|INR|EUR)[A-Z]{2,8}\d{4,12}(?![\w-])",
        # Six letters and digits or more with at least two of one and three of the other: 7KDR402.
        (
            r"(?<![\w.-])(?=[A-Z\d]{6,20}\b)(?=\d{0,12}[A-Z]\d{0,12}[A-Z])(?=(?:[A-Z]{0,9}\d){3})"
            r"[A-Z\d]{6,20}(?![\w-])"
        ),
        r"(?<![\w/.,-])\d{1,6}(?:[/-]\d{1,7}){3,5}(?![\w/-])",  # 14/3/2/1-556
        r"(?<![\w/.,-])\d{4,9}/\d{2,4}(?:/\d{1,6})?(?![\w/-])",
        r"(?<![\w/.,-])\d{2,4}/\d{4,9}(?:/\d{2,4})?(?![\w/-])",
        r"(?<![\w/.,-])\d{1,4}/\d{4,9}/\d{2,4}(?![\w/-])",
        r"(?<![\w/.,-])\d{2,6}(?:-\d{2,6}){2,3}(?![\w/-])",
        r"(?<![\w#])#[A-Z]{0,4}-?\d{2,10}(?:[/-]\d{1,8}){0,3}(?![\w])",
        r"(?<![\w:])(?:[\dA-Fa-f]{2}[:-]){5}[\dA-Fa-f]{2}(?![\w:])",  # of a device
        r"(?<![\w.,/-])\d{2,6}(?:[ -]\d{2,6}){2,4}(?: \d)?(?![\w/-])",  # 4821 9930 1275
        # 756.4417.0913.22, 123.456.789-09, 85.07.30-033.61: no groups of three as amounts have.
        (
            r"(?<![\w.,/-])(?!\d{1,3}(?:\.\d{3})+(?![.\d-]))(?!(?:\d{1,3}\.){3}\d{1,3}(?![.\d-]))"
            r"\d{1,6}(?:\.\d{2,6}){2,5}(?:-[\dKk]{1,3}(?:\.\d{2})?)?(?![\w/]|[.-]\d)"
        ),
        # Number plates: Britain, Kenya, Nigeria, India, Australia, Ireland, South Africa.
        (
            r"\b[A-Z]{2}\d{2} [A-Z]{3}\b|\bK[A-Z]{2,3} \d{3}[A-Z]\b|"
            r"\b[A-Z]{3}[- ]\d{2,3}[- ]?[A-Z]{2}\b|"
            r"\b[A-Z]{2}[ -]?\d{1,2}[ -]?[A-Z]{1,3}[ -]?\d{4}\b|\b\d[A-Z]{2,3} ?\d[A-Z]{2}\b|"
            r"\b\d[A-Z]{3} ?\d{3}\b|\b[A-Z]{3} ?\d{2}[A-Z]\b|\b\d{2,3}-[A-Z]{1,2}-\d{1,6}\b|"
            r"\b[A-Z]{1,3} ?\d{2,3} ?[A-Z]{2,3} ?(?:GP|MP|NW|L|ZN|FS|EC|NC|WP)\b|"
            r"\bC[A-Z]{1,2} \d{3}[- ]\d{3}\b|\bN[A-Z]{1,3} \d{3,6}\b"
        ),
    )
)
# Shapes that numbers of other kinds have too: these need this many digits.
LEAST_DIGITS = 5
LEAST_GROUPED = 9
HAS_DIGIT = re.compile(r"\d|(?:[A-Fa-f]{2}[:-]){5}")
# An abbreviation right before a number belongs to it: "CAS 212/03/2024".
PREFIX = re.compile(r"(?<![\w-])(?!(?:NHS|SMS|HIV|GBV|CAMHS) )(?:[A-Z]{2,8}|SaCSSP)[ -]$")


# "the case no is cw 77120-b"
SMALL_PREFIX = re.compile(r"(?:\bis|:|\bno\.?|#) (?P<prefix>[a-z]{2,4}[ -])$")


def find_records(text: str) -> Iterator[Identifier]:
    """Give the numbers of records, papers and vehicles."""
    if not HAS_DIGIT.search(text):
        return
    for found in LABELLED.finditer(text):
        start, end = found.span("number")
        if _is_labelled(text, found):
            yield _record(text, start, end)
    for pattern in SHAPES:
        for found in pattern.finditer(text):
            if _has_a_records_shape(text, found):
                yield _record(text, found.start(), found.end())
    for found in LOOSE_PLATE.finditer(text) if VEHICLE_WORD.search(text) else ():
        is_mixed = any(map(str.isdigit, found[0])) and any(map(str.isalpha, found[0]))
        if is_mixed and VEHICLE.search(text[max(0, found.start() - 60) : found.start()]):
            yield _record(text, found.start(), found.end())


def _is_labelled(text: str, found: re.Match[str]) -> bool:
    """Whether a number after a label is one: long enough, no year, and counts nothing."""
    number, label = found["number"], found["label"].lower()
    digits = sum(map(str.isdigit, number))
    between = text[found.end("label") : found.start("number")].lower()
    is_signed = bool(re.search(rf"\b{SIGN}\b|#", between)) or "#" in number
    if COUNTED.match(text, found.end()) or (
        CURRENCY.search(number[:1] + " ") and digits < LEAST_DIGITS
    ):
        return False
    if label in {"id", "no", "code", "#"} and not is_signed and digits < LEAST_DIGITS:
        return False
    if YEAR.fullmatch(number) or re.fullmatch(r"(?:19|20)\d\d \d{1,3}", number):
        return is_signed
    is_joined = bool(re.search(r"\d[/.-]|[A-Za-z].*\d", number))
    return digits > 2 or (is_signed and is_joined and digits > 1)


def _has_a_records_shape(text: str, found: re.Match[str]) -> bool:
    shown = found[0]
    if CURRENCY.search(text[max(0, found.start() - 4) : found.start()]):
        return False
    if COUNTED.match(text, found.end()) or YEAR.fullmatch(shown):
        return False
    digits = sum(map(str.isdigit, shown))
    if any(map(str.isalpha, shown)) or "#" in shown:
        return not re.fullmatch(r"[A-Z]{1,8}[ /-](?:19|20)\d\d(?:[/-]\d\d)?", shown)
    if " " in shown:
        return digits >= LEAST_GROUPED and not re.search(r" 000\b", shown)
    return digits >= LEAST_DIGITS


def _record(text: str, start: int, end: int) -> Identifier:
    before = text[max(0, start - 10) : start]
    if prefix := SMALL_PREFIX.search(before):
        start -= len(prefix["prefix"])
    elif prefix := PREFIX.search(before):
        start -= len(prefix[0])
    shown = text[start:end].rstrip(" .:-/(")
    return Identifier(start, start + len(shown), IdentifierKind.RECORD_NUMBER)
