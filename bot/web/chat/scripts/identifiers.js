// What looks like a name, a telephone number, a date, an e-mail address or a record number.
//
// A hint before sending and no more: it knows few words, and would rather miss a name than cry wolf.
// The server's own masking (bot/privacy) comes after it, whatever was found here.

const L = "\\p{L}\\p{M}";
const MONTH =
  "(?:jan(?:uary)?|feb(?:ruary)?|march|mar|april|apr|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
const DAY = "(?:[12]?\\d|3[01])(?:st|nd|rd|th)?";
const FIGURES = [
  ["link", /\bhttps?:\/\/[^\s,;)]+|\bwww\.[^\s,;)]+/gi],
  ["email", /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g],
  ["date", new RegExp(`(?<![\\w/.-])(?:\\d{1,2}[/.-]\\d{1,2}[/.-](?:\\d\\d){1,2}|(?:19|20)\\d\\d[/.-]\\d{1,2}[/.-]\\d{1,2})(?![\\w/-])`, "g")],
  ["date", new RegExp(`(?<![\\w.])(?:${DAY}(?:\\s+of)?\\s+${MONTH}|${MONTH}\\s+(?:the\\s+)?${DAY})(?!\\w)(?:,?\\s+(?:19|20)\\d\\d)?`, "gi")],
  ["number", /(?<![\w@])(?=[\w/-]*\d{3})(?!R\d+\b)(?:[A-Z]{1,6}[/-]?)(?:[\dA-Z]+[/-])*\d+(?![\w@])/g],
  ["number", /(?<=\b(?:file|case|record|folder|patient|hospital|reference|ref|policy|account|mrn|id)\b(?:\s+(?:no|number|nr|is))*[.:#\s]+)[A-Z]*\d[\d/-]{2,}/gi],
  ["address", /(?<!\w)\d+[a-z]?\s+(?:\p{Lu}[\p{L}'’]+\s+){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Close|Lane|Drive|Crescent)\b/gu],
  ["handle", /(?<![\w.])@\w[\w.]+\w/g],
  ["phone", /(?<![\w/.-])(?!(?:19|20)\d\d[-–/ ]+(?:19|20)\d\d(?!\d))\+?\(?\d(?:[\s().-]{0,2}\d){6,14}(?!\w)/g],
];

// Written with a capital wherever they stand, and nobody's name.
const NOBODY = new Set(
  (
    "i mum mom mummy dad daddy gran granny grandma grandpa grandad granda nan nana pop koro ma mama pa papa tata gogo mkhulu ouma oupa " +
    "mo fa pt auntie aunty aunt uncle tannie oom sister brother teacher doctor nurse sir mr mrs ms miss dr prof mev mnr step " +
    "stepdad stepmum stepmom monday tuesday wednesday thursday friday saturday sunday tues fri mon january february march april june july " +
    "august september october november december christmas easter eid diwali thanksgiving halloween day covid god jesus allah " +
    "english afrikaans zulu xhosa sotho arabic french african asian european australian british indian chinese muslim christian " +
    "jewish catholic roma māori maori spanish polish turkish black white coloured western africa australia england zoom whatsapp google facebook instagram netflix youtube teams " +
    "lego disney peppa elsa gestalt freud freudian bowlby winnicott klein jung bion bowen rogers rogerian gibbs siegel theraplay ritalin therapy therapist supervisor counsellor ballast grade year home affairs " +
    "court act form child children protection social services worker parent mother father family team school clinic hospital"
  ).split(" "),
);
// At the start of a sentence a capital says nothing: then a name is what does such a thing.
const DOES =
  "(?:said|says|told|tells|asked|asks|came|cancelled|phoned|rang|arrived|refused|cried|shouted|screamed|walked|stood|sat|looked|hates|" +
  "wants|wanted|missed|left|sent|thinks|slammed|laughed|brought|called|never|didn['’]t|doesn['’]t|has|had|went|won['’]t)";
// Never a name, wherever a capital makes them look like one.
const FUNCTION = new Set(
  (
    "she he they it we you this that these those there then who whose nobody everyone everybody somebody someone anyone nothing everything " +
    "what which one two three both all any neither each other some many most few none no my mine your her him his our their its the a an " +
    "in on at to of for from with by about or nor not let how where why here and but so because when if as while after before once " +
    "since until maybe perhaps now later first finally again still just only even is are was were do did can could would should may " +
    "must have had got please thanks sorry hi hello okay yes oh well good right least"
  ).split(" "),
);
const NO_START =
  /^(?:today|yesterday|time|client|kid|boy|girl|baby|son|daughter|grand\w+|step\w+|husband|wife|partner|people|staff|reception\w*|management|work|life|half|session|shame|anger|fear|guilt|boss|colleague|neighbour|police|grief|little|case\w+|carer|cousin|phone|job|insurance|nursery|\w+(?:ing|tion|ment|ness|ity|ly|body|thing))$/i;
const WORD = `\\p{Lu}[${L}]*(?:['’-]\\p{Lu}?[${L}]+)*`;
const NAME = new RegExp(`(?<![${L}\\d@[/_.-])${WORD}(?:\\s+(?:(?:van|von|der|den|de|du|la|le|bin|al)\\s+)*${WORD})*`, "gu");
const TITLE = /\b(?:mr|mrs|ms|miss|mx|dr|prof|mev|mnr|tannie|oom|auntie|aunty|aunt|uncle|sister|gogo|ma|nurse|teacher|officer)\.?\s+$/i;
const SMALL = new RegExp(`(?<=\\b(?:mr|mrs|ms|mev|mnr)\\.?\\s+)[${L}'’-]{3,}`, "giu");
const STARTS = /(?:^|[.!?:;…•*\n“"]|[.!?]['"”’)]|\n\s*-)\s*['"“‘(]*$/u;
// "The Magistrate", "in Kenya": seldom a person.
const NO_PERSON = /\b(?:an?|the|in|near|at|on)\s+["“‘']?$/i;
const ODD = /-\p{Ll}|\p{Ll}\p{Lu}/u;
const FAMILY = /^(?:Mc|Mac|De|Du|Van|O['’]|D['’])\p{Lu}/u;
const STAND_IN = /\[[^\]\n]{1,20}\]/g;

const bare = (word) => word.replace(/['’]s?$/, "");

/** Give what was found in `text`, in order: [{start, end, kind, text}]. */
export function findIdentifiers(text) {
  // What is masked already holds nothing; its place stays, so that all offsets do.
  const open = text.replace(STAND_IN, (standIn) => "\u0000".repeat(standIn.length));
  const found = [];
  const add = (kind, start, words) => {
    const end = start + words.length;
    if (found.every((one) => end <= one.start || one.end <= start)) found.push({ kind, start, end, text: words });
  };
  for (const [kind, pattern] of FIGURES) {
    for (const { 0: words, index } of open.matchAll(pattern)) add(kind, index, words.trim());
  }
  for (const [start, words] of names(open)) add("name", start, words);
  return found.sort((one, other) => one.start - other.start);
}

function names(text) {
  const capitals = [...text.matchAll(NAME)].flatMap(({ 0: words, index }) => parts(words, index, text));
  // Who writes every word large says nothing by it.
  const words = text.match(new RegExp(`[${L}]+`, "gu")) ?? [];
  if (words.length > 8 && words.filter((word) => (/^\p{Lu}/u).test(word)).length > words.length * 0.7) return [];
  const sure = capitals.filter(({ isSure }) => isSure);
  const known = new Set(sure.flatMap(({ name }) => name.split(/\s+/)));
  const small = [...text.matchAll(SMALL)].filter(([word]) => !isCommon(word)).map(({ 0: word, index }) => [index, bare(word)]);
  const large = capitals
    .filter(({ name, isSure }) => isSure || known.has(name.split(/\s+/)[0]))
    .map(({ start, name }) => [start, name]);
  return [...large, ...small];
}

// A run of capitals, cut at the words that are nobody's.
function parts(run, index, text) {
  const found = [];
  let start = -1;
  let end = -1;
  const close = () => {
    if (start >= 0) found.push(judged(start, bare(text.slice(start, end)), text));
    start = -1;
  };
  for (const { 0: word, index: at } of run.matchAll(/\S+/g)) {
    const isCapital = /^\p{Lu}/u.test(word);
    const isNobody = isCapital && isCommon(word);
    if (isNobody) close();
    else {
      // "van der" stands before a capital, or it would not be in the run.
      if (start < 0) start = index + at;
      end = index + at + word.length;
    }
  }
  close();
  return found;
}

function isCommon(word) {
  const stem = word.toLowerCase().replace(/['’].*/, "");
  const known = [stem, stem.replace(/s$/, "")];
  const isOdd = ODD.test(word) && !FAMILY.test(word);
  return known.some((one) => NOBODY.has(one) || FUNCTION.has(one)) || isOdd || /^\p{Lu}+s?$/u.test(bare(word));
}

function judged(start, name, text) {
  const before = text.slice(0, start);
  const after = text.slice(start + name.length);
  const first = name.split(/\s+/)[0];
  if (TITLE.test(before)) return { start, name, isSure: true };
  if (!STARTS.test(before)) return { start, name, isSure: !NO_PERSON.test(before) };
  const isWord = NO_START.test(first);
  const isTwo = name.includes(" ");
  return { start, name, isSure: !isWord && (isTwo || new RegExp(`^(?:['’]s\\s|,\\s+who\\b|\\s+and\\s+(?:\\p{Lu}|his\\b|her\\b)|\\s+(?:just\\s+|also\\s+|then\\s+)?${DOES}(?![\\w'’]))`, "u").test(after)) };
}

/** Give `text` with a stand-in for each of `found`, as the server leaves them (bot/privacy/kinds.py). */
export function maskFound(text, found) {
  let masked = "";
  let last = 0;
  for (const { start, end, kind } of found) {
    masked += text.slice(last, start) + `[${kind}]`;
    last = end;
  }
  return masked + text.slice(last);
}
