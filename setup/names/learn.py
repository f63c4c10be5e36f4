"""Learn the weights of `data/library/privacy/name_context.json` from sentences without names.

    PYTHONPATH=. python setup/names/learn.py
    PYTHONPATH=. python setup/names/learn.py --check

The second learns them anew and says whether the kept file is what it would write.

The sentences of `data/nlu/` name nobody, but for a few batches that are left out. In them every
word that could be a name ("grace", "will") is an example of its plain use. Where they speak of a
person ("the mother", "she"), such a word is put in her place, in any case of letters, as an example
of a name. Labelled sentences of the tests are left out, so that their floors measure something.
Same sentences, same weights.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from bot.privacy.beside import features
from bot.privacy.judge import WEIGHTS_FILE, words_to_judge
from bot.privacy.near import read_text
from bot.privacy.wordlists import english_words, names, signs

NLU = Path("data/nlu")
# In these batches of `data/nlu/safety/` people have names: learned from, a name would be plain use.
BATCHES_WITH_NAMES = frozenset(f"2026-11-30-s{number}" for number in range(10, 15))
SEED = 7
FEWEST = 4
LEAST_WEIGHT = 0.06
# Examples of each kind that one sentence gives at most.
MOST_EACH = 3
# How often each word may be an example of itself in plain use.
MOST_PLAIN = 400

PEOPLE = (
    "mother father mum mom dad mam boy girl child kid stepdad stepmum stepfather stepmother "
    "grandmother grandfather gran granny woman man parent client son daughter teenager toddler "
    "brother sister aunt uncle carer foster-mother baby little-one lad wife husband"
).split()
BARE = "mum mom dad mam mummy mommy daddy gran granny gogo ouma nan grandma grandpa".split()
NOUN_PHRASE = re.compile(
    rf"\b(?:the|her|his|this|that|their) (?:(?:little|older|younger|poor) )?(?:{'|'.join(PEOPLE)})\b"
    rf"(?! (?:protection|welfare|care|and|said no))",
    re.IGNORECASE,
)
BARE_PERSON = re.compile(
    rf"(?<!\bthe )(?<!\bher )(?<!\bhis )(?<!\bmy )(?<!\ba )(?<!\btheir )(?<![\w'-])(?:{'|'.join(BARE)})\b(?![-])",
    re.IGNORECASE,
)
SUBJECT = re.compile(r"(?<![\w'])(?:she|he)\b(?!['’])", re.IGNORECASE)
OBJECT = re.compile(
    r"(?<![\w'])(?:him\b|her\b(?= (?:to|and|at|when|in|because|about|off|with|for|down|up|out|on|but|"
    r"if|that|from|so|again|back|while|as|into|today|yesterday)\b|[.,;!?]|$))(?!['’])"
)
KIN_BEFORE = re.compile(
    rf"\b(?:her|his|the|my|their|our) (?:{'|'.join(PEOPLE)}|client|friend|partner)\b(?=[ ,.;])",
    re.IGNORECASE,
)
# Nouns without an article: another such noun in their place is no person.
MASS = re.compile(
    r"(?<![\w'])(?:trust|anger|fear|help|shame|guilt|silence|love|rage|panic|safety|peace|sleep|"
    r"food|money|time|therapy|school|work|court|home|church|play|space|pain|relief|pressure|"
    r"trauma|grief|sadness|comfort|contact|tea|coffee|water|nothing|something|everything)\b",
    re.IGNORECASE,
)
# Determined nouns and adjectives: "the gift", "so bright".
NOUN = re.compile(r"\b(?:a|the|my|her|his|no|too|so|very) (?P<noun>[a-z]{4,10})\b")
# "It was" and "the room was": what is said of things, with a word in the thing's place.
THING = re.compile(
    r"(?<![\w'])(?:(?P<it>[Ii]t|[Tt]his|[Tt]hat)(?= (?:is|was|isn't|wasn't|has|had|did|didn't|took|"
    r"made|came|went|would|won't|feels|felt|means|meant|goes|gets|got|needs|takes|hurts|helps)\b)|"
    r"(?:[Tt]he|[Hh]is|[Hh]er|[Mm]y|[Tt]his|[Aa]) (?P<thing>[a-z]{3,10})(?= (?:is|was|were|are|and|to|"
    r"in|on|at|has|had|with|for|that|when|about|from|but|or|again|because|went|came|took|would)\b|[.,;!?]))"
)
VERBAL = re.compile(r"\b(?:to|not|just|i|we) (?P<noun>[a-z]{4,10})\b")
PERSONS = frozenset("person people one other two whole same lot team kids children parents".split())
FUNCTION = frozenset(
    "that this with from have been were they them when what your just like about would could there "
    "which because into over then than only even still very back some after before again while "
    "will where more being same other most never always without both nobody".split()
)


def sentences() -> Iterator[str]:
    """Give every example of the NLU files, marks of entities taken away."""
    for file in sorted(NLU.rglob("*.yml")):
        for group in yaml.load(file.read_bytes(), yaml.CSafeLoader).get("nlu", ()):
            examples = group["examples"]
            if isinstance(examples, str):
                examples = [line.removeprefix("- ") for line in examples.splitlines()]
            for each in examples:
                text = each if isinstance(each, str) else each["text"]
                if not isinstance(each, str) and _names_people(each):
                    continue
                yield " ".join(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).split())


def _names_people(example: dict[str, Any]) -> bool:
    return str(example.get("metadata", {}).get("batch", "")) in BATCHES_WITH_NAMES


def styled(text: str, rng: random.Random) -> str:
    """Give the text as somebody in a hurry may type it, or in capitals; mostly as it is."""
    dice = rng.random()
    if dice < 0.04:
        return text.upper()
    if dice < 0.55:
        text = text[:1].lower() + text[1:] if dice < 0.1 else text.lower()
        if rng.random() < 0.5:
            text = re.sub(r"(?<=\w)['’](?=(?:t|re|ve|ll|m)\b)", "", text)
        if rng.random() < 0.4:
            text = text.replace(",", "")
    return text


def spots(text: str, rng: random.Random) -> Iterator[tuple[str, int, str]]:
    """Give texts with a slot for a name: before it, its offset, after it."""
    for pattern in (NOUN_PHRASE, BARE_PERSON, SUBJECT, OBJECT):
        for found in pattern.finditer(text):
            yield text[: found.start()], found.start(), text[found.end() :]
    for found in KIN_BEFORE.finditer(text):
        dice = rng.random()
        if dice < 0.5:
            yield text[: found.end()] + " ", found.end() + 1, text[found.end() :]
        elif dice < 0.6:
            yield text[: found.end()] + ", ", found.end() + 2, "," + text[found.end() :]
        elif dice < 0.7:
            yield text[: found.end()] + " and ", found.end() + 5, text[found.end() :]
        elif dice < 0.8:
            yield text[: found.start()], found.start(), " and " + text[found.start() :]
        elif dice < 0.85:
            yield text[: found.start()], found.start(), f" ({text[found.start() :]}"
        else:
            yield (
                text[: found.start()],
                found.start(),
                f"'s {found[0].split()[1]}{text[found.end() :]}",
            )


def read(text: str, start: int, identity: str) -> list[str] | None:
    """Give the features of the word that stands at an offset."""
    near = read_text(text)
    for at, word in enumerate(near.words):
        if word.start == start:
            return features(near, at, identity)
    return None


def examples(rng: random.Random) -> Iterator[tuple[list[str], int, str]]:
    """Give the features of each example, 1 for a name and 0 for none, and its kind."""
    either = words_to_judge()
    pool = sorted(either)
    plain: Counter[str] = Counter()
    lists, persons = names(), signs().kin | frozenset(PEOPLE) | PERSONS
    texts = sorted(set(sentences()))
    rng.shuffle(texts)
    for text in texts:
        text = styled(text, rng)
        near = read_text(text)
        for at, word in enumerate(near.words):
            if word.key in either and plain[word.key] < MOST_PLAIN:
                if word.is_capital and not word.starts and not word.is_shouted:
                    continue
                plain[word.key] += 1
                yield features(near, at, word.key), 0, "word"
                if rng.random() < 0.5:
                    yield features(near, at, rng.choice(pool)), 0, "word"
        found = list(spots(text, rng))
        rng.shuffle(found)
        for before, start, after in found[:MOST_EACH]:
            name = rng.choice(pool)
            unknown = rng.random() < 0.4
            # A name has a capital where the sentence has one, and sometimes where it has none.
            has_capitals = text[:1].isupper() or rng.random() < 0.08
            case = name.capitalize() if has_capitals else name
            case = case.upper() if text.isupper() else case
            read_ = read(before + case + after, start, "" if unknown else name)
            if read_:
                yield read_, 1, "unknown" if unknown else "word"
        for found_, share in ((MASS, 0.7), (NOUN, 0.25), (VERBAL, 0.35)):
            for each in found_.finditer(text):
                group = "noun" if found_ is not MASS else 0
                if rng.random() > share or each[group] in FUNCTION or each[group] in PEOPLE:
                    continue
                if each[group] in signs().kin or each[group] in names().roles:
                    continue
                name = rng.choice(pool)
                unknown = rng.random() < 0.5
                read_ = read(
                    text[: each.start(group)]
                    + (name.capitalize() if each[group].istitle() else name)
                    + text[each.end(group) :],
                    each.start(group),
                    "" if unknown else name,
                )
                if read_:
                    yield read_, 0, "unknown" if unknown else "word"
        for each in THING.finditer(text):
            thing = each["thing"]
            if rng.random() > (0.0 if thing else 0.1):
                continue
            if thing and (thing in lists.roles or thing in persons or thing not in lists.english):
                continue
            name = rng.choice(pool)
            unknown = rng.random() < 0.3
            case = name.capitalize() if each[0][0].isupper() else name
            read_ = read(
                text[: each.start()] + case + text[each.end() :],
                each.start(),
                "" if unknown else name,
            )
            if read_:
                yield read_, 0, "unknown" if unknown else "word"
        # Any plain word in any place: what an unlisted word that is no name is found in.
        words = [
            at
            for at, word in enumerate(near.words)
            if len(word.key) > 3
            and word.key in english_words()
            and word.key not in FUNCTION | signs().kin | names().roles | signs().helpers
            and (not word.is_capital or word.starts or word.is_shouted)
        ]
        rng.shuffle(words)
        for at in words[:2]:
            yield features(near, at, ""), 0, "unknown"


def learned() -> str:
    """Give the file of weights as it must be: those that matter, in order."""
    rng = random.Random(SEED)
    rows, wanted = [], []
    kinds: Counter[tuple[str, int]] = Counter()
    for row, is_name, kind in examples(rng):
        rows.append(row)
        wanted.append(is_name)
        kinds[kind, is_name] += 1
    counts = Counter(each for row in rows for each in row)
    table = [dict.fromkeys((each for each in row if counts[each] >= FEWEST), 1.0) for row in rows]
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(table)
    model = LogisticRegression(
        penalty="l1", C=0.35, solver="liblinear", random_state=SEED, max_iter=60, tol=1e-3
    )
    model.fit(matrix, wanted)
    weights = {
        name: round(float(weight), 2)
        for name, weight in zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
        if abs(weight) >= LEAST_WEIGHT
    }
    kept = {"bias": round(float(model.intercept_[0]), 2), "weights": dict(sorted(weights.items()))}
    print(dict(kinds), len(weights), "weights", model.score(matrix, wanted))
    return json.dumps(kept, ensure_ascii=True, indent=0, separators=(",", ":")) + "\n"


def main() -> int:
    """Keep the weights, or with `--check` give 1 where the kept ones are others."""
    text = learned()
    if "--check" not in sys.argv[1:]:
        WEIGHTS_FILE.write_text(text, "utf-8")
        return 0
    is_same = WEIGHTS_FILE.read_text("utf-8") == text
    print("The kept weights are those learned." if is_same else "The kept weights are others.")
    return int(not is_same)


if __name__ == "__main__":
    sys.exit(main())
