"""Tune all-MiniLM-L6-v2 on the labelled sentences of data/nlu, so that like themes lie close together.

    python tune.py pkg tuned        then: HF_HUB_OFFLINE=1 python export.py pkg out tuned

Needs what export.py needs, and pyyaml. Learnt at once: which themes and subthemes a sentence carries,
whether it tells of danger and of which kind, which word of the user's steers (yes or no for each, where
it was labelled), and that sentences with labels in common lie nearer than others (supervised contrastive
loss, weighed by the share of labels in common). Both sides of a minimal pair are read together, and the
side that carries the theme has to score higher. The yes-or-no heads are thrown away; the detectors learn
their own from the vectors. Batches that bot/encoder/tuning.py does not name are left out, so that an
evaluation can still be made on them.
"""
import random
import sys
from pathlib import Path

import torch
import yaml
from tokenizers import Tokenizer
from transformers import BertModel

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from bot.encoder.tuning import SEEN_BY_THE_ENCODER

ROOT = Path(__file__).resolve().parents[2]
EPOCHS, BATCH, SPEED, HEAD_SPEED, SEED = 4, 32, 1e-4, 2e-3, 0
CONTRAST, TEMPERATURE = 0.3, 0.1
# How much a label counts: a theme, a subtheme, danger among daily work, danger, its kind, what steers.
THEME, SUBTHEME, DAILY, DANGER, KIND, INTENT = 1.0, 0.3, 0.5, 1.0, 0.5, 0.3
# How much the order of a pair's two sides counts.
PAIR = 1.0
# Sentences of these may tell of danger as well; nobody labelled them for it.
MAY_BE_DANGER = {f"parent_trauma/{sub}" for sub in ("domestic_violence", "parent_distress", "ptsd_dissociation")}


def examples():
    """Give (text, {label: (0 or 1, weight)}, pair) of every labelled example that may be seen."""
    blocks = [
        (block["intent"], block["examples"])
        for path in sorted((ROOT / "data" / "nlu").rglob("*.yml"))
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]
    ]
    read = [(e["text"].strip(), e["metadata"]) for _, told in blocks if isinstance(told, list) for e in told]
    subthemes = sorted({key for _, about in read for key in about.get("themes", ())})
    themes = sorted({key.partition("/")[0] for key in subthemes})
    kinds = sorted({about["concern"] for _, about in read if "concern" in about} - {"none"})
    intents = sorted({intent for intent, _ in blocks} - {"tell"})
    for intent, told in blocks:
        for line in told.splitlines() if isinstance(told, str) else []:
            yield line.removeprefix("- "), {each: (each == intent, INTENT) for each in intents}, None
    for text, about in read:
        if about["batch"] not in SEEN_BY_THE_ENCODER:
            continue
        if "themes" in about:
            keys = set(about["themes"])
            has = {theme: (any(k.startswith(theme + "/") for k in keys), THEME) for theme in themes}
            has |= {sub: (sub in keys, SUBTHEME) for sub in subthemes}
            if not keys & MAY_BE_DANGER:
                has["danger"] = (False, DAILY)
        else:
            has = {"danger": (about["concern"] != "none", DANGER)}
            has |= {kind: (about["concern"] == kind, KIND) for kind in kinds}
        yield text, has | {each: (False, INTENT) for each in intents}, about.get("pair")


class Tuned(torch.nn.Module):
    """The encoder with a yes-or-no for each label on top."""

    def __init__(self, folder, labels):
        super().__init__()
        self.bert = BertModel.from_pretrained(folder, add_pooling_layer=False, local_files_only=True, dtype=torch.float32)
        self.heads = torch.nn.Linear(384, labels)
        for parameter in self.bert.embeddings.parameters():
            parameter.requires_grad = False

    def forward(self, ids, mask):
        hidden = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        keep = mask.unsqueeze(-1).to(hidden.dtype)
        return (hidden * keep).sum(1) / keep.sum(1)


def contrast(vectors, labels):
    """Give the supervised contrastive loss; sentences without any label only push others away."""
    near = torch.nn.functional.normalize(vectors, dim=1)
    likeness = near @ near.T / TEMPERATURE
    alone = torch.eye(len(vectors))
    common = labels @ labels.T
    either = labels.sum(1)[:, None] + labels.sum(1)[None] - common
    share = torch.where(either > 0, common / either.clamp(min=1), 0 * either) * (1 - alone)
    has = (share.sum(1) > 0).float()
    log = likeness - torch.logsumexp(likeness - 1e9 * alone, 1, keepdim=True)
    return (-(share * log).sum(1) / share.sum(1).clamp(min=1e-6) * has).sum() / has.sum().clamp(min=1)


def batches(texts, pairs):
    """Give batches of sentences of like length, in an order drawn by chance, a pair side by side."""
    units = {}
    for at, pair in enumerate(pairs):
        units.setdefault(pair or at, []).append(at)
    units = list(units.values())
    random.shuffle(units)
    chunks = [
        sorted(units[i : i + 8 * BATCH], key=lambda unit: max(len(texts[at]) for at in unit))
        for i in range(0, len(units), 8 * BATCH)
    ]
    flat = [[at for unit in chunk for at in unit] for chunk in chunks]
    made = [chunk[i : i + BATCH] for chunk in flat for i in range(0, len(chunk), BATCH)]
    return random.sample(made, len(made))


def order_of_pairs(said, wanted, counts, pairs):
    """Give how badly the sides of a pair are told apart, by the labels that only one side has."""
    sides = {}
    for row, pair in enumerate(pairs):
        if pair:
            sides.setdefault(pair, []).append(row)
    losses = []
    for one, other in (each for each in sides.values() if len(each) == 2):
        apart = (wanted[one] - wanted[other]) * (counts[one] >= THEME) * (counts[other] >= THEME)
        if apart.any():
            losses.append((torch.nn.functional.softplus(1 - apart * (said[one] - said[other])) * apart.abs()).sum())
    return torch.stack(losses).sum() if losses else said.sum() * 0


def main(package_dir, out_dir):
    """Write the tuned encoder in the format of transformers into out_dir."""
    torch.manual_seed(SEED)
    random.seed(SEED)
    told = list(examples())
    texts, pairs = [text for text, _, _ in told], [pair for _, _, pair in told]
    labels = sorted({label for _, has, _ in told for label in has})
    wanted = torch.tensor([[float(has.get(label, (0, 0))[0]) for label in labels] for _, has, _ in told])
    weights = torch.tensor([[float(has.get(label, (0, 0))[1]) for label in labels] for _, has, _ in told])
    print(f"{len(texts)} sentences, {len(labels)} labels", flush=True)
    tokenizer = Tokenizer.from_file(str(ROOT / "bot" / "encoder" / "tokenizer.json"))
    tokenizer.enable_padding()
    model = Tuned(next(Path(package_dir).rglob("model.safetensors")).parent, len(labels))
    dropped = torch.nn.Dropout(0.1)
    speeds = [SPEED, HEAD_SPEED]
    learning = [p for p in model.bert.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW([{"params": learning}, {"params": model.heads.parameters()}], weight_decay=0.01)
    step, steps = 0, EPOCHS * (-(-len(texts) // BATCH))
    for epoch in range(EPOCHS):
        model.train()
        total = 0.0
        for batch in batches(texts, pairs):
            for group, speed in zip(optimiser.param_groups, speeds):
                group["lr"] = speed * min(1, (step + 1) / (0.06 * steps)) * max(0.02, 1 - step / steps)
            step += 1
            read = tokenizer.encode_batch([texts[j] for j in batch])
            vectors = model(torch.tensor([e.ids for e in read]), torch.tensor([e.attention_mask for e in read]))
            said = model.heads(dropped(vectors))
            loss = torch.nn.functional.binary_cross_entropy_with_logits(said, wanted[batch], reduction="none")
            loss = (loss * weights[batch]).sum(1).mean() + CONTRAST * contrast(vectors, wanted[batch])
            order = order_of_pairs(said, wanted[batch], weights[batch], [pairs[j] for j in batch])
            loss = loss + PAIR * order / len(batch)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            total += loss.item()
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {total / (-(-len(texts) // BATCH)):.3f}", flush=True)
    model.bert.save_pretrained(out_dir)


if __name__ == "__main__":
    main(*sys.argv[1:])
