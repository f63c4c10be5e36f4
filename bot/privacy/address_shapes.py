"""The shapes that addresses have in the countries where Ballast is used. No rule lives here.

Every repeat is bounded, so that any text costs time in proportion to its length.
"""

from __future__ import annotations

import re

# Words that follow a street's name whatever letters they are typed in.
STREET = (
    "street|road|avenue|lane|drive|crescent|close|boulevard|highway|terrace|parade|gardens|mews|grove|"
    "circuit|esplanade|parkway|freeway|expressway|bypass|alley|alleyway|straat|rylaan|laan|weg|"
    "str|st|rd|ave|av|ln|dr|cres|cr|crt|cl|blvd|hwy|tce|pde|ct|pkwy|pl|sq"
)
FULL_STREET = (
    "Street|Road|Avenue|Lane|Drive|Crescent|Close|Boulevard|Highway|Terrace|Parade|Mews|Parkway|"
    "Esplanade|Rd|Ave|Blvd|Cres|Straat|Laan|Rylaan|Way"
)
# Endings that are common words too: only after a number and with capitals.
WORD_STREET = (
    "Hill|Walk|Way|Place|Row|Square|View|Views|Rise|Wharf|Yard|Loop|Quay|Green|Park|Path|Mall|Vale|Bend|"
    "Plaza|Villas?|Mansions|Heights|Buildings?|House|Court|Gate|Gates|Pass|Trail|Cove|Pike|Grove|Field|"
    "Fields|Croft|Wynd|Brae|Nagar|Marg|Chowk|Colony|Layout|Enclave|Vihar|Puram|Bagh|Society|Sadan|Gali|"
    "Flats?|Paddocks?|Lofts?|Estates?|Village|Residences?|Residency|Apartments?|Complex|Towers?|Point|"
    "Ridge|Glen|Glade|Chase|Meadows?|End|Common|Cottages?|Crossing|Junction|Extension|Ext|Cross|Main|"
    "Reach|Retreat|Corner|Circle|Cir|Court|Crest|Dale|Dell|Drift|Farm|Hof|Lodge|Manor|Mount|Nook|"
    "Orchard|Passage|Ramble|Rest|Run|Sands|Side|Spinney|Strand|Track|Turn|Valley|Bay|Woods?|Township|"
    "Springs|Terraces|Garth|Gardens|Avenues|Hills|Bank|Bridge|Mill|Parc|Pines|Oaks|Elms|Barracks|Quarters"
)
# What has a number inside a building or on a plot; the first kind says "address" by itself.
UNIT_WORD = (
    r"flat|unit|apartment|apt|stand|erf|plot|lot|shack|hse|h\.? ?no|house no|house number|door no|"
    r"d\.? ?no|shop|site|villa"
)
INNER_WORD = (
    rf"{UNIT_WORD}|house|room|rm|block|blk|tower|suite|ste|zone|section|sec|sector|extension|ext|phase|"
    r"level|floor|bay|gate|quarter|km|wing|stage|cross|main|road|street|lane|ward|portion|farm|bungalow|cottage"
)
UNIT_ID = (
    r"(?:no\.? ?|nr\.? ?|number |#)?(?:\d{1,5}(?:-?[A-Za-z])?|[A-Z]{1,2}\d{0,4}|"
    r"[A-Z]-?\d{1,4}(?:/\d{1,3})?)\b"
)
NUMBER = r"(?:(?i:no|nr|number)\.? ?)?\d{1,5}(?:[A-Za-z]\b|(?:[/-]\d{1,5}[A-Za-z]?){0,2})"
ORDINAL = r"\d{1,3}(?:st|nd|rd|th)"
NAMES = (
    r"(?:(?:[NSEW]{1,2}|North|South|East|West)\.? )?"
    rf"(?:(?:[^\W\d_][\w'’-]{{0,24}}|{ORDINAL})\.? ){{1,3}}"
)
CAPITAL = r"[A-ZÀ-Þ][\w'’-]{1,24}"
CAPITALS = rf"(?:(?!The |My |Our |This |That |On |In ){CAPITAL} ){{1,3}}"
# A few streets are words too: "7 minutes down the road" is no address.
NO_STREET = re.compile(
    r"\b(?:the|a|an|down|of|and|or|in|on|to|long|minutes?|mins?|hours?|days?|years?|weeks?|months?|kids|"
    r"children|people|my|our|this|that|into|from|at|with|was|is|old|times|streets?|roads?|km|metres|"
    r"meters|miles|steps|per|for|by|cars|men|boys|girls)\b"
)
MONTHS = (
    "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mum|Mom|Dad|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Grade|Year|Kids|"
    "Children|Boys|Girls|Sessions|The|St\\b|Mr|Mrs|Dr"
)
COMPASS = r"(?: (?:NE|NW|SE|SW|N|S|E|W|North|South|East|West)\b)?"

# Shapes that hold a number.
NUMBERED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\w/.:-]){NUMBER},? (?P<names>{NAMES})(?i:{STREET})\b\.?{COMPASS}",
        rf"(?<![\w/.:-]){NUMBER},? (?P<names>{CAPITALS})(?:{WORD_STREET})\b{COMPASS}",
        (
            rf"(?<![\w/.:-]){NUMBER},? (?:The|De|Die|Les) {CAPITAL}(?=[,.;)]|$| (?:in|on|at|with|"
            rf"by|"
            rf"and)\b)"
        ),
        # "12 Ard na Mara, Salthill", "86 Cnoc an Óir, Letterkenny"
        (
            rf"(?<![\w/.:-])\d{{1,4}}[A-Za-z]?,? (?!{MONTHS}|[A-Z]+\d)(?P<place>{CAPITAL}(?: "
            rf"(?:na|an|"
            rf"a['’]|of|the|de|la|des|du|y|{CAPITAL})){{0,4}}),"
            rf" (?P<town>(?:(?i:section|zone|extension|ext|block|unit|phase) \w{{1,4}}|"
            rf"{CAPITAL}(?: {CAPITAL}){{0,2}}))(?=, (?:Co\.? )?[A-Z]|,? [A-Z]{{0,3}}\d|[.;),:]|$|"
            rf" \d| [a-z])"
        ),
        # "NY 114": streets of Nyanga and Gugulethu
        r"\bNY ?\d{1,3}\b(?:,? (?:(?:no|nr)\.? ?)?\d{1,3}\b)?",
        # "1182 Section D", "44 Zone 3 Meadowsedge", "5521 County Road 12"
        (
            rf"(?<![\w/.:-])\d{{1,5}}[A-Za-z]? (?:[Ss]ection(?= [A-Z])|[Zz]one|[Ee]xtension|"
            rf"[Ee]xt\.?|"
            rf"[Bb]lock|[Pp]hase|[Ss]ector|Unit|Site|County Road|State Route|Highway|Hwy|Route|"
            rf"Farm Road|FM|CR)"
            rf" (?:\d{{1,4}}[A-Z]?|[A-Z]{{1,2}})\b(?: {CAPITAL}){{0,2}}"
        ),
        # "Flat 12", "stand 4471", "House 14": what a reader needs to knock at the door.
        (
            rf"\b(?:(?i:{UNIT_WORD})\.?|House|Hse) (?i:no\.? ?|nr\.? ?|number |#)?"
            r"(?:\d{1,5}(?:[/-]\d{1,4}){0,2}[A-Za-z]?|[A-Z]\d{1,4}|[A-Z](?=,))\b"
            r"(?! ?(?:of|%|people|kids|year|min|hour|sess|times|per)|[.:]\d)"
        ),
        r"(?:(?<=in )|(?<=at )|(?<=, ))house \d{1,5}[A-Za-z]?\b(?=[,.;!?)]|$| in | on )",
        # Two units in a row: "Block 7 Room 12", "Tower B, Flat 1204".
        (
            rf"\b(?i:block|blk|room|rm|tower|house|zone|wing|villa|hostel) {UNIT_ID},? "
            rf"(?i:{INNER_WORD}) {UNIT_ID}\b"
        ),
        # "Block HH, 2217 Molefe Makinta"
        (
            rf"\b(?:Block|Section|Zone|Extension|Ext|Unit|Phase|Stand|"
            rf"Erf) {UNIT_ID}, {NUMBER} {CAPITAL}(?: {CAPITAL}){{0,2}}"
        ),
        # "Room 14, Shalom Hostel", "Apartment 6, The Granary"
        (
            rf"\b(?:(?i:room|rm|ward|block|cottage|gate|trailer|site|pad|caravan|"
            rf"no\.?) {UNIT_ID}|{ORDINAL} [Ff]loor|{NUMBER}),"
            rf" (?:[Tt]he )?(?:{CAPITAL} ){{1,3}}(?:Estates?|Park|Village|Plaza|Complex|Arcade|"
            rf"Villas|Gardens|Residency|"
            r"Hostel|House|Court|Lodge|Flats|Towers?|Mansions|Hotel|Heights|Place|Apartments|Residence)\b"
        ),
        rf"\b(?:{CAPITAL} )?{ORDINAL} (?:Street|Avenue|Ave|St|Road|Cross|Main|Lane)\b",
        r"\b[A-Z][a-z]{2,24}(?:straat|laan|weg) \d{1,5}[A-Za-z]?\b",
        # Boxes, also those beside a country road.
        (
            r"(?i)\b(?:p\.? ?o\.? ?|g\.?p\.?o\.? |post(?:al)? |locked |private )?(?:box|bag|posbus|"
            r"private bag|privaatsak)(?:,? no\.?)? (?-i:[A-Z]{1,3} ?)?\d{1,6}(?:[ -]\d{3,5})?\b"
            r"(?! ?(?:of|x|%))"
        ),
        r"\b(?:RR|RD|RMB|HC) ?\d{1,4}(?:,? Box \d{1,5})?(?=,|\.|$)",
        r"\b(?:PMB|Pmb|Postnet Suite|PostNet Suite|Post ?Net|Poste Restante) \d{1,6}\b",
        r"\b(?:County|State|Farm) (?:Road|Route) \d{1,4}\b",
        # "C1184 Umlazi", "B 1123 Umlazi", "H Section, KwaMashu"
        (
            rf"(?<![\w-])[A-Z]{{1,2}} ?\d{{2,4}} (?=(?:Umlazi|KwaMashu|Mamelodi|Chatsworth|Inanda|"
            rf"Ntuzuma|{CAPITAL} [Tt]ownship))"
        ),
        r"\bFarm (?:[Nn]o\.? ?)?\d{1,5}(?:/\d{1,3})?\b",
        r"(?i:(?<=house number )|(?<=house no )|(?<=house no\. )|(?<=door number ))\d{1,5}[a-z]?\b",
    )
)
# Shapes that may hold none. One of these words stands in each.
NAMED = tuple(
    re.compile(pattern)
    for pattern in (
        (
            rf"\b(?P<names>{CAPITALS})(?:{FULL_STREET})\b(?: \d{{1,5}}[A-Za-z]?\b(?=[,.;)]|$| and|"
            rf" with))?(?! (?:[Tt]o|[Mm]ap|[Ss]afety))"
        ),
        (
            rf"\b(?:\d{{1,4}}[A-Z]?,? )?(?:Rue|Calle|Avenida|Via|Rua|Jalan|Sráid|Bóthar)"
            rf" (?:(?:de|des|du|la|las|los|del|da|na|an|{CAPITAL}) ?){{1,4}}\b"
        ),
        rf"(?<![\w-])[A-Z] Section,? {CAPITAL}",
        # "The Lodge, Ballinacurra, Co. Cork"
        (
            rf"\b(?:The )?{CAPITAL}(?: {CAPITAL}){{0,2}}, (?:{CAPITAL}"
            rf"(?: {CAPITAL})?, )?Co\.? {CAPITAL}"
        ),
        # Corners.
        (
            rf"(?:\b[Tt]he )?\b(?:[Cc]orner|[Cc]nr\.?|[Cc]or\.|[Jj]unction|[Ii]ntersection|"
            rf"[Bb]etween)"
            rf"(?: of)? (?:(?:{CAPITAL}|{ORDINAL}) ){{1,3}}(?:and|&|/|en) "
            rf"(?:(?:{CAPITAL}|{ORDINAL})(?: (?=[A-Z\d]))?){{1,3}}(?: (?i:{STREET})\b)?"
        ),
        (
            rf"\b(?:(?:{CAPITAL}|{ORDINAL}) ){{1,2}}(?:and|&) (?:(?:{CAPITAL}|{ORDINAL}) ){{1,2}}"
            rf"(?:{FULL_STREET}|[Ss]treets?|[Rr]oads?|[Cc]orner)\b"
        ),
        (
            rf"(?i)\b(?:corner of|cnr|corner) (?:[^\W\d_][\w'’-]{{1,24}}|"
            rf"{ORDINAL}) (?:(?:{STREET}) )?"
            rf"(?:and|&|/) (?:[^\W\d_][\w'’-]{{1,24}}|{ORDINAL}) (?:{STREET})\b"
        ),
        # Farms.
        (
            rf"\b(?P<names>{CAPITALS})(?:[Ff]arm|[Pp]laas|[Rr]anch|[Ss]mallholdings?|[Hh]omestead|"
            r"(?:cattle|sheep) station)\b"
        ),
        (
            rf"(?<=[Ff]arm |laas )(?:\d{{1,5}}(?: [A-Z]{{2}})?, )?{CAPITAL}(?: {CAPITAL})?"
            rf"(?! [Ss]chool)"
        ),
        # "Rose Cottage, Church Lane", "The Old Forge, Mill Road"
        (
            rf"\b(?:The )?(?:{CAPITAL} ){{1,2}}?{CAPITAL}, (?:\d{{1,4}}[A-Za-z]? )?"
            rf"(?:{CAPITAL} ){{1,2}}(?:{FULL_STREET})\b"
        ),
        rf"\b(?P<names>{CAPITALS})Cottage\b",
    )
)
NAMED_WORDS = frozenset(
    f"{FULL_STREET}|streets|roads|corner|cnr|cor|junction|intersection|between|farm|plaas|ranch|"
    "smallholding|smallholdings|homestead|station|cottage|co|rue|calle|avenida|via|rua|jalan|sráid|"
    "sraid|bóthar|bothar|section|str".lower().split("|")
)
# "on voortrekker road", "lives in bree street": the word before must be no plain one.
SMALL_STREET = re.compile(
    r"\b(?:on|in|at|off|near|along|down|from|to|into|opposite|behind|of|up) "
    r"(?P<name>(?:[a-z][a-z'’-]{2,24} ){0,2}[a-z][a-z'’-]{2,24}) "
    r"(?:street|road|avenue|crescent|drive|close|lane|rd|ave|str|straat|laan)\b"
)
# "12 rosebank place": likewise.
SMALL_NUMBERED = re.compile(
    r"(?<![\w/.:-])\d{1,4}[a-z]? (?P<name>(?:[a-z][a-z'’-]{2,24} )?[a-z][a-z'’-]{2,24}) "
    r"(?:place|hill|way|court|park|view|grove|gardens|walk|row|rise|square|house|villas|heights|flats|"
    r"estate|mansions|township|section|extension)\b"
)
# "on kapelska 9": a word that English lacks, and the number behind it.
NUMBER_BEHIND = re.compile(
    r"\b(?:on|at|in|to|by) (?P<name>[a-zà-ž]{5,24}) \d{1,3}[a-z]?\b(?![:.]\d|%)"
)
LONGEST_UNIT = 40
UNIT_BEFORE = re.compile(
    rf"\b(?i:{INNER_WORD}|no)\.? {UNIT_ID}(?:,? | (?:on|in|"
    rf"at) )(?:(?:[Tt]he )?(?:{CAPITAL} ){{0,2}}{CAPITAL}, )?$|"
    rf"\b(?i:{INNER_WORD}|no|km|quarter|gate)\.? $|"
    rf"\b{ORDINAL} [Ff]loor,? $|"
    r"\bc/o (?:(?:Mrs?|Ms|Dr|Miss)\.? )?(?:[A-Z][\w'’-]{1,24} ?){1,3}, $|"
    rf"(?<![\w/.-])\d{{1,4}}[A-Za-z]?/$|(?<![\w/.-])\d{{1,4}}[A-Za-z]?, $"
)
UNIT_BEHIND = re.compile(
    rf",? ?\(?(?:(?i:{INNER_WORD})\.? {UNIT_ID}\b\)?|#\d{{1,4}}[A-Z]?\b|"
    rf"\d{{1,3}}(?:st|nd|rd|th) (?:[Ff]loor|Cross|Main|Phase|Stage|Block)\b)|"
    rf", (?:off|opp\.?|opposite|near|behind|next to|beside) (?:the )?(?:{CAPITAL} ){{0,3}}{CAPITAL}"
)
NAME_BEHIND = re.compile(
    rf"(?:,?\s(?=Co\.? [A-Z])|,\s(?:[Tt]he |in |at )?)(?P<name>(?:Co\.? |"
    rf"[A-Z]\.? )?(?:{CAPITAL}(?:[ -]| (?:of|upon|on|le|la|de|na|the) ))"
    rf"{{0,3}}(?:{CAPITAL}|[A-Z]-?\d{{1,2}}(?:/\d{{1,2}})?))(?:,? \d{{1,3}}(?=[,.;)]|$| (?:was|"
    rf"is|and|with|on|where|by)\b))?(?!['’]s)"
)
# ", leith" and " dunblane": no plain word, or a listed town.
SMALL_BEHIND = re.compile(r",? (?P<name>[a-z][a-z'’-]{2,24})(?=[,.;)\n]|$| \d| [a-z])")
NO_PLACE = frozenset(
    "i and but so then because he she they it we the my her his this that when if after before "
    "grade form section apparently".split()
)
US_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|"
    "NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC"
)
STATE = rf"(?:NSW|VIC|Vic|QLD|Qld|WA|SA|TAS|Tas|ACT|NT|KZN|GP|{US_STATES})"
UK_CODE = r"[A-Z]{1,2}\d{1,2}[A-Z]? ?\d[ABD-HJLNP-UW-Z]{2}"
EIRCODE = r"[AC-FHKNPRTV-Y]\d[\dW] ?(?=[A-Z\d]{0,3}\d)[AC-FHKNPRTV-Y\d]{4}"
# ", 7700", " VIC 3175", ", TH4 2QS", " 00200", "-560 001"
CODE_BEHIND = re.compile(
    rf"(?: ?[,–-] ?|\s|, {CAPITAL} |,? (?:{CAPITAL} ){{1,3}}(?={STATE}\b))"
    rf"(?:{STATE},? ?\d{{4,5}}(?:-\d{{4}})?|{STATE}\b|{UK_CODE}|[A-Z]{{1,2}}\d{{1,2}}|{EIRCODE}|"
    rf"\d{{3}} ?\d{{3}}|\d{{4,5}})\b"
    r"(?! (?:people|of us|kids|children|times|rand|pounds|dollars)|[-/]\d)"
)
POSTCODES = (
    re.compile(
        r"\b(?:[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2}|[A-Z]{1,2}\d{1,2}[A-Z]?\d[ABD-HJLNP-UW-Z]{2})\b"
    ),
    re.compile(
        r"(?i)(?<=[ ,])[a-z]{1,2}\d{1,2} \d(?!nd|st|rd|th|am|pm|kg|mg|ml|km|"
        r"cm)[abd-hjlnp-uw-z]{2}\b"
    ),
    re.compile(rf"\b{EIRCODE}\b"),
    re.compile(
        rf"\b(?:(?:{US_STATES}),? |(?i:zip)(?: code)?:? (?:is )?)(?P<code>\d{{5}}(?:-\d{{4}})?)\b"
    ),
    re.compile(
        r"\b(?:(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT),? |(?i:(?:post(?:al)? ?|pin ?)code):? (?:is )?)"
        r"(?P<code>\d{3} ?\d{3}|\d{4})\b"
    ),
)
