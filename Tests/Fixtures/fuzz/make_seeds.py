"""Makes the seeds of the fuzzers: small inputs that between them touch every part of each parser.

    python make_seeds.py

Inputs that once failed lie beside them; this script leaves those alone.
"""

import json
import pathlib
import struct

HERE = pathlib.Path(__file__).parent


def write(target, name, content):
    folder = HERE / target
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


# Safetensors


def safetensors(tensors, metadata=None):
    """Name, type, shape, bytes of each tensor, in the order of the data."""
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, kind, shape, content in tensors:
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text)) + text + data


FLOATS = struct.pack("<4f", 1.5, -0.0, float("inf"), 1e-40)
write("safetensors", "empty", safetensors([]))
write("safetensors", "floats", safetensors([
    ("a", "F64", [2], struct.pack("<2d", 0.1, -2)), ("b", "F32", [2, 2], FLOATS),
    ("c", "BF16", [2, 2], FLOATS[:8]), ("d", "F16", [2, 2, 1], FLOATS[8:])], {"format": "pt"}))
write("safetensors", "integers", safetensors([
    (f"model.{kind}", kind, [8 // size], struct.pack("<q", -3))
    for kind, size in [("I64", 8), ("I32", 4), ("I16", 2), ("I8", 1), ("U64", 8), ("U32", 4), ("U16", 2), ("U8", 1)]]
    + [("flags", "BOOL", [2], b"\0\1"), ("f8", "F8_E4M3", [], b"\x7f"), ("f8e5", "F8_E5M2", [1, 1], b"\x7c")]))
write("safetensors", "shapes", safetensors([
    ("scalar", "F32", [], FLOATS[:4]), ("none", "F32", [0], b""), ("void", "F16", [3, 0], b""),
    ("wide", "BF16", [0, 7], b""), ("\u00e9\"\\\n\U0001f600", "I8", [1], b"\5")], {"\t": "\u65e5", "": ""}))
spaced = ' { "a" : {"shape":\t[ 1 ] ,"data_offsets": [0 , 1],"dtype":"U8"} } '.encode()
write("safetensors", "spaces", struct.pack("<Q", len(spaced)) + spaced + b"x")

# GGUF

BLOCKS = {"Q4_0": (2, 32, 18), "Q4_1": (3, 32, 20), "Q5_0": (6, 32, 22), "Q5_1": (7, 32, 24), "Q8_0": (8, 32, 34),
          "Q4_K": (12, 256, 144), "Q5_K": (13, 256, 176), "Q6_K": (14, 256, 210)}
FORMATS = dict(zip([0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12], ["B", "b", "H", "h", "I", "i", "f", "?", "Q", "q", "d"]))


def text(value):
    return struct.pack("<Q", len(value.encode())) + value.encode()


def value(kind, content):
    if kind == 8:
        return text(content)
    if kind == 9:
        element, items = content
        return struct.pack("<IQ", element, len(items)) + b"".join(value(element, item) for item in items)
    return struct.pack("<" + FORMATS[kind], content)


def gguf(values, tensors, version=3, alignment=32):
    """Values: name, code, content. Tensors: name, sizes innermost first, code, bytes."""
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(values))
    for name, kind, content in values:
        head += text(name) + struct.pack("<I", kind) + value(kind, content)
    data = b""
    for name, sizes, kind, content in tensors:
        data += bytes(-len(data) % alignment)
        head += text(name) + struct.pack(f"<I{len(sizes)}QIQ", len(sizes), *sizes, kind, len(data))
        data += content
    return head + bytes(-len(head) % alignment) + data


write("gguf", "empty", gguf([], []))
write("gguf", "values", gguf(
    [(f"number.{kind}", kind, 1) for kind in FORMATS]
    + [("text", 8, "\u00e9"), ("words", 9, (8, ["a", "bc"])), ("nested", 9, (9, [(4, [1, 2]), (9, [(8, ["x"])])])),
       ("general.alignment", 4, 8)]
    + [(f"array.{kind}", 9, (kind, [1, 0])) for kind in FORMATS],
    [("a", [2], 0, FLOATS[:8]), ("b", [2, 2], 1, FLOATS[:8]), ("c", [1, 1, 2, 2], 30, FLOATS[:8]), ("d", [], 0, FLOATS[:4])],
    version=2, alignment=8))
write("gguf", "blocks", gguf([], [
    (name, [elements, 1], kind, bytes(i * 37 % 60 for i in range(size)))
    for name, (kind, elements, size) in BLOCKS.items()]))


def ones(*sizes):
    count = 1
    for size in sizes:
        count *= size
    return struct.pack(f"<{count}f", *[(i % 5 - 2) / 4 for i in range(count)])


def model(architecture, tokenizer, biases=(), extra=(), head=True, drop=()):
    """One layer of width 4 with two heads, one for keys and values; a vocabulary as large as the tokenizer's."""
    tokens = next(content[1] for name, _, content in tokenizer if name == "tokenizer.ggml.tokens")
    values = [("general.architecture", 8, architecture)] + [
        (f"{architecture}.{name}", kind, content) for name, kind, content in [
            ("context_length", 4, 16), ("embedding_length", 4, 4), ("block_count", 4, 1), ("feed_forward_length", 4, 4),
            ("attention.head_count", 4, 2), ("attention.head_count_kv", 4, 1),
            ("attention.layer_norm_rms_epsilon", 6, 1e-5), ("rope.freq_base", 6, 1e4), *extra]]
    tensors = [
        ("token_embd.weight", [4, len(tokens)]), ("output_norm.weight", [4]), ("blk.0.attn_norm.weight", [4]),
        ("blk.0.attn_q.weight", [4, 4]), ("blk.0.attn_k.weight", [4, 2]), ("blk.0.attn_v.weight", [4, 2]),
        ("blk.0.attn_output.weight", [4, 4]), ("blk.0.ffn_norm.weight", [4]), ("blk.0.ffn_gate.weight", [4, 4]),
        ("blk.0.ffn_up.weight", [4, 4]), ("blk.0.ffn_down.weight", [4, 4]), *biases]
    if head:
        tensors.append(("output.weight", [4, len(tokens)]))
    return gguf(values + list(tokenizer), [
        (name, sizes, 0, ones(*sizes)) for name, sizes in tensors if name not in drop], alignment=32)


PIECES = ["<unk>", "<s>", "</s>", "\u2581", "a", "b", "ab", "\u2581ab", "<0x0A>", "<x>"]
SENTENCE_PIECE = [
    ("tokenizer.ggml.model", 8, "llama"), ("tokenizer.ggml.tokens", 9, (8, PIECES)),
    ("tokenizer.ggml.scores", 9, (6, [0.0, 0, 0, -4, -5, -6, -2, -1, 0, 0])),
    ("tokenizer.ggml.token_type", 9, (5, [2, 3, 3, 1, 1, 1, 1, 1, 6, 4])), ("tokenizer.ggml.bos_token_id", 4, 1),
    ("tokenizer.ggml.eos_token_id", 4, 2), ("tokenizer.ggml.add_space_prefix", 7, True),
    ("tokenizer.chat_template", 8, "{{ messages[0].content }}")]
# Byte-level: how each byte is spelled.
LETTERS = [*range(33, 127), *range(161, 173), *range(174, 256)]
SPELLED = [chr(b) if b in LETTERS else chr(256 + [c for c in range(256) if c not in LETTERS].index(b)) for b in range(256)]
BYTE_LEVEL = [
    ("tokenizer.ggml.model", 8, "gpt2"), ("tokenizer.ggml.tokens", 9, (8, SPELLED + ["ab", "\u0120ab", "<|end|>"])),
    ("tokenizer.ggml.merges", 9, (8, ["a b", "\u0120 ab"])), ("tokenizer.ggml.pre", 8, "qwen2"),
    ("tokenizer.ggml.token_type", 9, (5, [1] * 258 + [3])), ("tokenizer.ggml.eos_token_id", 4, 258)]
write("gguf", "llama", model("llama", SENTENCE_PIECE))
write("gguf", "llama-factors", model(
    "llama", SENTENCE_PIECE, head=False, biases=[("rope_freqs.weight", [1])],
    extra=[("rope.scaling.type", 8, "linear"), ("rope.scaling.factor", 6, 2.0)]))
write("gguf", "qwen2", model("qwen2", BYTE_LEVEL, head=False, biases=[
    ("blk.0.attn_q.bias", [4]), ("blk.0.attn_k.bias", [2]), ("blk.0.attn_v.bias", [2])]))
write("gguf", "gemma2", model(
    "gemma2", SENTENCE_PIECE, head=False,
    biases=[("blk.0.post_attention_norm.weight", [4]), ("blk.0.post_ffw_norm.weight", [4])],
    extra=[("attn_logit_softcapping", 6, 50.0), ("final_logit_softcapping", 6, 30.0), ("attention.sliding_window", 4, 8),
           ("attention.key_length", 4, 2), ("attention.value_length", 4, 2)]))

# tokenizer.json


def tokenizer(model, **components):
    return json.dumps({**components, "model": model}, ensure_ascii=False, separators=(",", ":"))


def added(id, content, **flags):
    return {"id": id, "content": content, "special": True, "normalized": False, **flags}


def ids(tokens):
    return {token: id for id, token in enumerate(tokens)}


CHARACTERS = ["<unk>", "\u2581", "a", "b", "ab", "\u2581ab", "e", "T", "h", "Th", "The", "\u65e5", "<0x0A>", "##ab"]
write("tokenizer", "byte-level", tokenizer(
    {"type": "BPE", "vocab": ids(SPELLED + ["ab", "\u0120ab"]), "merges": [["a", "b"], "\u0120 ab"], "ignore_merges": False},
    added_tokens=[added(258, "<|end|>", lstrip=True), added(259, "cats", special=False, normalized=True, single_word=True)],
    normalizer={"type": "NFC"},
    pre_tokenizer={"type": "Sequence", "pretokenizers": [
        {"type": "Split", "pattern": {"Regex": "\\p{N}{1,3}| ?\\p{L}+|[^\\s\\p{L}]+|\\s+(?!\\S)|\\s"}, "behavior": "Isolated"},
        {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False}]},
    post_processor={"type": "TemplateProcessing", "single": [
        {"SpecialToken": {"id": "<|end|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
        "special_tokens": {"<|end|>": {"id": "<|end|>", "ids": [258], "tokens": ["<|end|>"]}}},
    decoder={"type": "ByteLevel"}))
write("tokenizer", "characters", tokenizer(
    {"type": "BPE", "vocab": ids(CHARACTERS), "merges": ["a b", "\u2581 ab", "T h", "Th e"], "unk_token": "<unk>",
     "fuse_unk": True, "byte_fallback": True, "dropout": None},
    normalizer={"type": "Sequence", "normalizers": [
        {"type": "Prepend", "prepend": "\u2581"}, {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]},
    decoder={"type": "Sequence", "decoders": [
        {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}))
write("tokenizer", "unigram", tokenizer(
    {"type": "Unigram", "unk_id": 0, "vocab": [[token, -i / 2] for i, token in enumerate(CHARACTERS)]},
    added_tokens=[added(14, "[UNK]", rstrip=True, special=False)],
    normalizer={"type": "Sequence", "normalizers": [
        {"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"}, {"type": "Strip"},
        {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]},
    pre_tokenizer={"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first", "split": True},
    decoder={"type": "Metaspace", "replacement": "\u2581", "add_prefix_space": True}))
write("tokenizer", "word-piece", tokenizer(
    {"type": "WordPiece", "vocab": ids(["[UNK]", *CHARACTERS[1:]]), "unk_token": "[UNK]",
     "continuing_subword_prefix": "##", "max_input_chars_per_word": 100},
    normalizer={"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None,
                "lowercase": True},
    pre_tokenizer={"type": "BertPreTokenizer"},
    post_processor={"type": "BertProcessing", "cls": ["a", 2], "sep": ["b", 3]},
    decoder={"type": "WordPiece", "prefix": "##", "cleanup": True}))
for name, step in {
        "digits": {"type": "Digits", "individual_digits": True},
        "punctuation": {"type": "Punctuation", "behavior": "MergedWithPrevious"},
        "white-space": {"type": "Whitespace"}, "delimiter": {"type": "CharDelimiterSplit", "delimiter": "a"},
        "white-split": {"type": "WhitespaceSplit"},
        "inverted": {"type": "Split", "pattern": {"String": "a"}, "behavior": "Contiguous", "invert": True}}.items():
    write("tokenizer", name, tokenizer(
        {"type": "BPE", "vocab": ids(CHARACTERS), "merges": ["a b"], "unk_token": "<unk>"}, pre_tokenizer=step))

# Chat templates

CASES = [case["template"] for case in json.loads((HERE.parent / "tokenizer" / "templates.json").read_text())["cases"]]
for number, template in enumerate(CASES):
    write("template", f"case-{number:02}", template)
write("template", "chat", """{%- if tools %}{{ tools | tojson(indent=2) }}{% endif %}{{ bos_token }}
{%- for message in messages %}
    {%- if message['role'] == 'user' and loop.index0 % 2 == 1 %}
        {{- '<|user|>\\n' + message['content'] | trim + eos_token }}
    {%- elif message.role not in ['system', 'assistant'] %}{{ raise_exception('no such role') }}
    {%- else %}{{ '<|' ~ message.role ~ '|>' ~ message.content.split('</think>')[-1].lstrip('\\n') }}{% endif %}
{%- endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}""" + "\0 Hello\u00e9 </think>\n\n b ")


# Answers: how they are cut, then what the model writes.

write("answer", "whole", b"\x03<think> It is mine.</think><comply>\nSure, here is how.<eot>")
write("answer", "quoted", b"\x90<think> They wrote <refuse> to me.</think><caveat>\nIt says <think>no</think> there.<eot>more")
write("answer", "nested", b"\x07<think>a<think>b</think>c<comply>d</think><refuse>No.<think>e")
write("answer", "undecided", b"\xff<think>all of it is hidden</think> and this, too")
write("answer", "broken", b"\x01\xe2\x82<thi\xacnk><think\xff>\xf0\x9f<comply> \xe2\x80\x83 \xf0\x9f\x91\xa9\xe2\x80\x8d<think></thin")
write("answer", "beginnings", b"\x02<<<think><</think></think><comp<comply><<comply>ly><eo<eot>t>")
