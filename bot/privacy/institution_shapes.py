"""The shapes that names of schools, congregations, clubs and firms have. No rule lives here.

Every repeat is bounded, so that any text costs time in proportion to its length.
"""

from __future__ import annotations

import re

NAME = r"[A-Z][\w'’-]{1,24}"
# "St Mary's", with the words that follow when they name a school or a hospital.
SAINT = re.compile(
    r"\b(?:St\.? |Saint |Sint |Sankt |Our Lady of (?:the )?(?:[A-Z][a-z]{1,24} ){0,2}|"
    r"(?:Nuestra Señora|Nossa Senhora|Notre[- ]Dame|Madonna) d(?:e|el|o|a|ella|u)s? (?:l[ao]s? )?|"
    r"Sacred Heart)(?:[A-Z][\w-]{1,24})?"
    r"(?: [A-Z][a-z]{1,24}(?=['’]s))?(?:['’]s?)?"
    r"(?: (?i:primary|high|junior|senior|secondary|girls|boys|catholic|c of e|rc|ce|school|college|"
    r"academy|hospital|hospice|clinic|church|infants?|nursery|prep|preparatory|elementary|middle|"
    r"convent|grammar|parish|shelter|centre|center|home)\b['’]?){0,4}"
)
# "Holy Cross", "Stella Maris": what schools and parishes are called, where one can stand.
DEVOTION = re.compile(
    r"(?:(?<=\bat )|(?<=\bto )|(?<=\bfrom )|(?<=attends )|(?<=near )|(?<=outside ))"
    r"(?:Holy (?:Cross|Family|Rosary|Trinity|Name|Redeemer|Spirit|Child|Innocents)|Stella Maris|"
    r"Star of the Sea|Regina (?:Mundi|Pacis|Coeli)|Mater (?:Dei|Christi)|Christ the King|"
    r"Corpus Christi|Good Shepherd|Immaculate (?:Heart|Conception)|Blessed Sacrament|"
    r"Queen of (?:Peace|Heaven|Angels)|Mount Carmel|Loreto|Marist|All (?:Saints|Souls|"
    r"Hallows)['’]?)"
    r"(?: [A-Z][a-z]{2,20}){0,3}"
)
# "st brigid's ns", "st marys school"
SMALL_SAINT = re.compile(
    r"\b(?:st\.?|saint|sint) [a-z]{3,24}(?:['’]s?)?(?: (?:ns|primary|high|junior|senior|"
    r"secondary|girls|boys|"
    r"catholic|school|college|academy|hospital|hospice|clinic|church|nursery|creche|prep)\b){1,4}|"
    r"\b(?:st\.?|saint) [a-z]{3,24}['’]s\b|"
    r"(?:(?<=at )|(?<=to )|(?<=from )|(?<=rang )|(?<=phoned )|(?<=called )|(?<=emailed )|"
    r"(?<=outside )|"
    r"(?<=near )|(?<=by )|(?<=left )|(?<=frm )|(?<=\())(?:st\.?|saint) [a-z]{4,24}s\b|"
    r"(?:(?<=at )|(?<=to )|(?<=from )|(?<=out of )|(?<=left ))(?:holy (?:cross|family|"
    r"rosary|trinity|name)|sacred heart|mount carmel|"
    r"good shepherd)(?= ?[,.;!?]| and | but | in | because |$)"
)
# Languages that say first what it is: "Laerskool Jan van Riebeeck", "Ysgol Glan Clwyd".
KIND_FIRST = re.compile(
    r"\b(?i:laerskool|hoërskool|hoerskool|kleuterskool|ysgol|scoil|gaelscoil|escuela|colegio|école|"
    r"ecole|lycée|lycee|collège|maternelle|crèche|instituto|institut|liceo|licée|escola|colégio|jardín|"
    r"jardim|guardería|guarderia|fundación|fundacion|fundação|fondation|asociación|asociacion|"
    r"clínica|clinica|hôpital|klinik|krankenhaus|grundschule|gymnasium|realschule|"
    r"gesamtschule|kita|scuola|istituto|asilo|szkoła(?: podstawowa)?|przedszkole|liceum|szpital|"
    r"skola|școala|scoala|sekolah|madrasah|madrasatul|darul|jamia|yayasan|vidya|shule ya|"
    r"te kura(?: kaupapa māori)?|kura|te kōhanga reo|kōhanga reo|kohanga reo|masjid|gurdwara|"
    r"mandir|"
    r"iglesia|igreja|église|eglise|paroisse|parroquia|paróquia|parafia|kościół|kirche|kerk|"
    r"ngā puna|meithrin|cylch meithrin|feithrin|naíonra|bunscoil|coláiste|colaiste|coleg|ospedale|"
    r"tehuis|kinderhuis|ouetehuis|hogar|stichting|verein|stiftung)"
    r"(?=(?: [^\W\d_]{1,4})?(?: [^\W\d_]{1,4})? (?:[A-Z]|[Nn][ro]\.? ?\d))"
    rf"(?: (?:(?:van|der|de|die|del|la|las|los|da|do|dos|das|du|des|y|e|o|ō|ngā|te|na|an|w|"
    rf"im|für)\b|"
    rf"(?:[Nn]r|[Nn]o)\.? ?\d{{1,3}}|{NAME})){{1,5}}"
)
NUMBERED = re.compile(
    r"\b(?:P\.?S\.?|I\.?S\.?|M\.?S\.?|J\.?H\.?S\.?|H\.?S\.?) ?#? ?\d{2,3}\b|"
    r"\bP\.?S\.? ?#? ?\d\b|"
    r"\b(?:School|Academy|Kindergarten|Lyceum|Gymnasium|Crèche|Primary|SP|Escuela|Szkoła) "
    r"(?:No\.? ?|Nr\.? ?|[Nn]umber |[Nn]r\.? ?|#)\d{1,4}\b"
)
# "Pinecrest K-8", "Kendriya Vidyalaya No. 3", "Shishu Niketan": schools by how their names end.
ENDING = re.compile(
    rf"\b(?:{NAME} ){{1,4}}(?:(?:PK|Pre-?K|TK|K)[-–](?:5|6|7|8|9|12)\b|"
    r"(?:Vidyalaya|Vidyalayam|Vidyapeeth|Vidya Mandir|Mandir|Niketan|Sadan|Ashram|Gurukul|"
    r"Pathshala|"
    r"Balwadi|Anganwadi|Madrasa|Madrassa|Yeshiva|Cheder|Gakuen|Okulu|Lisesi|Skole|Skola|Schule|"
    r"Grundschule|Gymnasium|Kita|Skool|Kollege|Kleuterskool|Lyceum|Liceo|Lycée|Instituto|Institut|"
    r"Stiftung|Stichting|Verein|Fundación|Fondation|Kinderhuis|Kinderdorf|Sikole|Shule|Okul)\b)"
    r"(?: (?:No|Nr)\.? ?\d{1,3})?"
)
# "Moodley Pather Inc.", "Strydom & Vennote", "Bright Start GmbH": firms by what closes their names.
FIRM = re.compile(
    rf"\b{NAME}(?:(?:,? | & |-){NAME}){{0,4}}?(?:,? (?:Inc|Ltd|Corp|Co|Bros|Pty|Edms|Bpk|Pvt|"
    rf"LLC|LLP|"
    r"PLC|GmbH|AG|BV|NV|SARL|SAS|Srl|SpA|Oy|AB|CC|NPC|CIC|CIO|NPO|PBO|RF|Incorporated|Ingelyf|"
    r"Limited|Beperk)\b| e\.V\.| Sp\. z o\.o\.| S\.?A\.?(?= de )| \(Pty\) Ltd)"
    r"(?:\.(?=,|;|:|\)| [a-z]| \())?|"
    rf"\b{NAME}(?:(?:, | ){NAME}){{0,2}},? (?:& (?:Co|Sons?|Daughters?|Seun|"
    r"Bros|Brothers|Sisters|Partners?|Company|Sohn|Zoon)|(?:&|and|en|und|et|y|og) (?:Co|Sons|Seuns|"
    r"Partners|Associates|Vennote|Vennoten|Söhne|Zonen|Hijos|Filhos|Figli|Fils|Cie|"
    r"Assoc))\b(?:\.(?=,|;|:|\)| [a-z]))?"
)
# "Childline Chennai", "Headspace Bunbury": a body known everywhere, and where its branch is.
BRANCH = re.compile(
    r"\b(?:Childline|ChildLine|Child Line|Headspace|headspace|Relate|Samaritans|"
    r"Barnardo['’]?s|NSPCC|"
    r"Lifeline|LifeLine|Women['’]s Aid|Rape Crisis|Victim Support|Home-Start|Homestart|Sure Start|"
    r"Head Start|FAMSA|SANCA|SADAG|Child Welfare|Salvation Army|Red Cross|Red Crescent|YMCA|YWCA|"
    r"Caritas|Cáritas|Anglicare|UnitingCare|CatholicCare|Centacare|Wesley Mission|Mission "
    r"Australia|"
    r"Boys Town|Girls and Boys Town|SOS Children['’]s Villages?|Save the Children|World "
    r"Vision|Plan|"
    r"Crossroads|Shelter|Refuge|Turning Point|Addaction|Cruse|Winston['’]s Wish|Place2Be|"
    r"Action for "
    r"Children|Family Action|Citizens Advice|CAMHS|CYFS|DCFS|CPS|FACS|Open Door|Planned Parenthood|"
    r"Big Brothers Big Sisters|Boys & Girls Club|Jugendamt|Pro Familia|Diakonie|AWO|Child "
    r"Protection)"
    rf"(?: (?:of )?(?!Team|Services?|Act|Plan|Court|Officer|Worker|Unit|Order|Is|It|And|The|"
    rf"But|We|She|"
    rf"He|They|I\b|Service|Helpline|Conference|Register|Review|Line|Scotland|England|Wales|Ireland|"
    rf"Australia|Africa|South|International|UK|Social|Agency|Department|Investigation|Specialist|"
    rf"Counsell?or|Therapist|Psychologist|Psychiatrist|Nurse|Manager|Clinic)(?P<branch>{NAME}))"
    rf"(?: {NAME}){{0,2}}"
)
# "Toxteth Tigers FC", "Kuils River United", "Manly Sea Eagles under-12s"
CLUB = re.compile(
    rf"\b(?:{NAME} ){{1,4}}(?:FC|RFC|AFC|CC|Rovers|Wanderers|Athletic|Rangers|Hotspur|Albion|"
    r"(?:Rugby|Football|Soccer|Netball|Cricket|Swimming|Boxing|Judo|Karate|Running|Athletics|Hockey)"
    r" Club|(?:Sea )?(?:Eagles|Tigers|Sharks|Hawks|Panthers|Bulldogs|Roosters|Raiders|Dragons|"
    r"Knights|Warriors|Lions|Bulls|Stars|Swallows|Magpies|Bombers|Kangaroos)(?= under|\b))\b|"
    rf"(?<=for )(?:{NAME} ){{1,3}}(?:United|City|Town)\b"
)
# "Our Lady of Good Counsel Girls'": the apostrophe is the name's own.
CLOSED_BY_APOSTROPHE = re.compile(r"(?:[Gg]irls|[Bb]oys)['’]$")
