"""Makes the fixtures of the formats that a tokenizer is read from: small tokenizers of every kind, with the ids and
texts that the libraries they are made with give for awkward texts.

    pip install tokenizers sentencepiece tiktoken && python make_sources.py

Writes texts.json, hugging_face.json (one tokenizer.json after the other, each with its cases, a case for each text) and
a directory for each other format, all of it from a text that the script makes itself. `--nmt DIRECTORY` writes models with SentencePiece's own
table of replacements as well: the table alone has 240 kB, so these are not kept.
"""

import argparse
import base64
import contextlib
import io
import json
import pathlib
import random

import sentencepiece
import tiktoken
import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = pathlib.Path(__file__).resolve().parent
QWEN = (r"""(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"""
        r"""\s+(?!\S)|\s+""")
CL100K = (r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|"""
          r"""\s+(?!\S)|\s""")
O200K = "|".join([
    r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
    r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
    r"""\p{N}{1,3}""", r""" ?[^\s\p{L}\p{N}]+[\r\n/]*""", r"""\s*[\r\n]+""", r"""\s+(?!\S)""", r"""\s+""",
])

TEXTS = [
    "", " ", "  ", "\n", "\t", "a", "Ana opens the jar.", " Ana  opens   the jar ", "  two  spaces\n\n\tand tabs \n",
    "don't we'll I'VE they 're", "12345 67 8.9 ½ ²", "naïve café Zoë", "cafe\u0301 nai\u0308ve e\u0301\u0302",
    "東京 大阪の人", "한국어 각 ㄱㅏ 가", "😀👩‍👧 🏳️‍🌈 x", "Ｆｕｌｌ ｗｉｄｔｈ ｶﾞ ﬁ ℃ Å ①",
    "\u00a0\u2003x\u3000y", "a\r\nb\rc", "\x00\x7f\x85 \u2028 \u200b \u200d \ufeff", "\u180e x", "\ufffd \U000e0001",
    "the the the", "x" * 60, "thethe" * 8, "<s>Hello</s> <unk> <mask> [CLS]", "UPPER Lower İstanbul ΣΊΣΥΦΟΣ ẞ",
    "snake_case kebab-case a.b,c;d!e?f (g) [h] {i} \"j\" 'k' $5 ^ ` ~ | +=<>", "▁a▁ ▁▁b", "a ▁ b", "日本語テキスト。終わり",
    "नमस्ते दुनिया", "مرحبا بالعالم", "สวัสดีชาวโลก", "word swords word", "wordy word", "ab<pad>  cd", "\U0010ffff\u0378",
    "does not do not ca n't 's , . ! ?", "ends with a mark \u0301", "\u0301begins with one", "end of line \\ \\n",
    "a" + " " * 12 + "b", "é" * 12, "q😀é東 \u0308", "lines\n  \n\t \nand the end \r\n \n\t ", "camelCase HTTPServer it's IT'S",
]


def corpus():
    """Sentences of a small grammar, with a few words of other scripts."""
    generator = random.Random(5)
    people = ["Ana", "Bo", "the baker", "my aunt", "a neighbour", "the teacher", "Zoë", "東京の人", "한국 사람", "Mr. Sands"]
    verbs = ["opens", "paints", "mends", "hides", "returns", "sells", "cannot find", "doesn't see", "ging weg mit"]
    things = ["the jar", "her bicycle", "2 letters", "an old map", "the 35 keys", "a house", "some café", "naïve words",
              "the unknown words", "(everything)", "one thousand and one things", "the wording of the word"]
    return [
        f"{generator.choice(people)} {generator.choice(verbs)} {generator.choice(things)}"
        f"{generator.choice(['.', '!', '?', '; and so on...'])}"
        for _ in range(1500)
    ]


RANDOM_TEXTS = 10


def texts():
    """The awkward texts, and random ones after them."""
    generator = random.Random(11)
    alphabets = [
        lambda: chr(generator.randrange(97, 123)), lambda: " ", lambda: generator.choice(["the", "word", " a", "ing"]),
        lambda: chr(generator.randrange(32, 127)), lambda: chr(generator.randrange(0xC0, 0x250)),
        lambda: chr(generator.randrange(0x300, 0x340)), lambda: generator.choice("東京한국の人é"),
        lambda: chr(generator.randrange(0x1F600, 0x1F640)), lambda: generator.choice("\n\t  \u3000"),
        lambda: generator.choice(["<s>", "<mask>", "<pad>", "jar.", "Ana", "é東 ", "ｶﾞ", "ﬁ", "ㄱㅏ", "\u200d", "½"]),
    ]
    return TEXTS + ["".join(generator.choice(alphabets)() for _ in range(generator.randrange(5, 30))) for _ in range(RANDOM_TEXTS)]


def note_decoded(case, text, decoded):
    """Notes the decoded text, `true` for the text itself; not one with a broken character: libraries differ in how many
    U+FFFD they make of one."""
    if "\ufffd" not in decoded:
        case["decoded"] = True if decoded == text else decoded


def hf_cases(tokenizer):
    tokenizer = Tokenizer.from_str(tokenizer.to_str())
    tokenizer.encode_special_tokens = False
    plain = Tokenizer.from_str(tokenizer.to_str())
    plain.encode_special_tokens = True
    cases = []
    for index, text in enumerate(texts()):
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        case = {"ids": ids}
        wrapped = tokenizer.encode(text, add_special_tokens=True).ids
        if wrapped != ids and index < 12:
            case["wrapped"] = wrapped
        other = plain.encode(text, add_special_tokens=False).ids
        if other != ids:
            case["plain"] = other
        note_decoded(case, text, tokenizer.decode(ids, skip_special_tokens=True))
        cases.append(case)
    return cases


def train(model, trainer, normalizer=None, pre_tokenizer=None, decoder=None, post_processor=None, added=()):
    tokenizer = Tokenizer(model)
    if normalizer:
        tokenizer.normalizer = normalizer
    if pre_tokenizer:
        tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.train_from_iterator(corpus(), trainer)
    if decoder:
        tokenizer.decoder = decoder
    for token in added:
        (tokenizer.add_special_tokens if token.special else tokenizer.add_tokens)([token])
    if post_processor:
        tokenizer.post_processor = post_processor(tokenizer)
    return tokenizer


def bpe(size=330, special=("<unk>",), **more):
    return trainers.BpeTrainer(vocab_size=size, special_tokens=list(special), show_progress=False, **more)


def byte_level(size=330, special=("<s>", "</s>")):
    return bpe(size, special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())


def with_model(tokenizer, change):
    """The same tokenizer with its JSON changed."""
    description = json.loads(tokenizer.to_str())
    change(description)
    return Tokenizer.from_str(json.dumps(description))


def variant(tokenizer, **parts):
    """The same tokenizer with other parts around its model."""
    changed = Tokenizer.from_str(tokenizer.to_str())
    for name, part in parts.items():
        setattr(changed, name, part)
    return changed


def hugging_face():
    level = lambda **more: pre_tokenizers.ByteLevel(**{"add_prefix_space": False, **more})
    sequence = pre_tokenizers.Sequence
    template = lambda tokenizer: processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[(t, tokenizer.token_to_id(t)) for t in ("<s>", "</s>")])
    made = {}

    def add(name, tokenizer, base=None):
        made[name] = (tokenizer, base)

    base = train(models.BPE(), byte_level(330), None, level(), decoders.ByteLevel())
    add("byte-level", base)
    # Merges learnt without a pre-tokenizer cross every boundary, so that a wrong cut shows.
    whole = train(models.BPE(unk_token="<unk>"), bpe(170, max_token_length=5), None, None, decoders.Fuse())
    add("bpe", whole)

    marked = train(models.BPE(unk_token="<unk>", fuse_unk=True), bpe(150), None, pre_tokenizers.Metaspace(), decoders.Metaspace())
    add("bpe, marks", marked)

    # Byte-level BPE, with each normalizer.
    for name, normalizer in {
        "nfc": normalizers.NFC(), "nfd": normalizers.NFD(), "nfkc": normalizers.NFKC(), "nfkd": normalizers.NFKD(),
        "lowercase": normalizers.Lowercase(), "strip": normalizers.Strip(left=True, right=True),
        "strip-left": normalizers.Strip(left=True, right=False),
        "strip-accents": normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents()]),
        "prepend": normalizers.Prepend("_"), "replace": normalizers.Replace("the", "THE"),
        "replace-pattern": normalizers.Replace(Regex(r"\s+"), " "),
        "bert": normalizers.BertNormalizer(), "bert-cased": normalizers.BertNormalizer(lowercase=False),
        "sequence": normalizers.Sequence(
            [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(Regex(r"\d"), "#"), normalizers.Strip()]),
    }.items():
        add("byte-level, " + name, variant(base, normalizer=normalizer), "byte-level")
    add("byte-level, prefix space", train(
        models.BPE(), byte_level(290), None, level(add_prefix_space=True), decoders.ByteLevel(), template))
    add("byte-level, roberta", train(
        models.BPE(), byte_level(290), None, level(add_prefix_space=True), decoders.ByteLevel(),
        lambda t: processors.RobertaProcessing(("</s>", 1), ("<s>", 0))))
    add("byte-level, llama 3", with_model(train(
        models.BPE(), byte_level(360), None,
        sequence([pre_tokenizers.Split(Regex(QWEN.replace(r"\p{N}|", r"\p{N}{1,3}|")), "isolated"), level(use_regex=False)]),
        decoders.ByteLevel(), lambda t: processors.Sequence([processors.ByteLevel(), template(t)])),
        lambda d: d["model"].update(ignore_merges=True, merges=d["model"]["merges"][:60])))

    # Pre-tokenizers, with an unknown token.
    for name, steps in {
        "whitespace": pre_tokenizers.Whitespace(), "whitespace split": pre_tokenizers.WhitespaceSplit(),
        "punctuation": sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation()]),
        "punctuation, previous": pre_tokenizers.Punctuation("merged_with_previous"),
        "punctuation, next": pre_tokenizers.Punctuation("merged_with_next"),
        "punctuation, contiguous": pre_tokenizers.Punctuation("contiguous"),
        "punctuation, removed": pre_tokenizers.Punctuation("removed"),
        "digits": pre_tokenizers.Digits(individual_digits=False),
        "single digits": sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.Whitespace()]),
        "bert": pre_tokenizers.BertPreTokenizer(),
        "delimiter": pre_tokenizers.CharDelimiterSplit("e"),
        "split, inverted": pre_tokenizers.Split(Regex(r"\w+"), "removed", invert=True),
        "split, inverted contiguous": pre_tokenizers.Split(Regex(r"\w"), "contiguous", invert=True),
        "split, text": pre_tokenizers.Split("the", "merged_with_next"),
        "metaspace": pre_tokenizers.Metaspace(), "metaspace, never": pre_tokenizers.Metaspace(prepend_scheme="never"),
        "metaspace, first": pre_tokenizers.Metaspace(prepend_scheme="first"),
        "metaspace, whole": pre_tokenizers.Metaspace(split=False),
        "metaspace after a split": sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]),
        "prefix space after a split": sequence([pre_tokenizers.Digits(), level(add_prefix_space=True)]),
    }.items():
        if "prefix" in name:
            add(f"byte-level, {name}", variant(base, pre_tokenizer=steps), "byte-level")
        elif "metaspace" in name:
            decoder = decoders.Metaspace(prepend_scheme="never" if "never" in name else "always")
            add(f"bpe, {name}", variant(marked, pre_tokenizer=steps, decoder=decoder), "bpe, marks")
        else:
            add(f"bpe, {name}", variant(whole, pre_tokenizer=steps), "bpe")
    add("bpe, nothing unknown", train(models.BPE(), bpe(120, ()), None, pre_tokenizers.Whitespace(), decoders.Fuse()))

    # SentencePiece's kind of BPE, as Llama 2 has it.
    spaces = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    llama = train(
        models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True), bpe(170, ["<unk>", "<s>", "</s>"]), spaces,
        None,
        decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]),
        template)
    add("bpe, byte fallback", with_model(llama, lambda d: d["model"]["vocab"].update(
        {f"<0x{i:02X}>": len(d["model"]["vocab"]) + i for i in range(256)})))

    # Added tokens.
    token = lambda text, **more: AddedToken(text, **{"normalized": False, "special": False, **more})
    add("added tokens", train(
        models.BPE(), byte_level(290), normalizers.Lowercase(), level(), decoders.ByteLevel(), None,
        [token("<mask>", lstrip=True, special=True), token("<pad>", rstrip=True, lstrip=True), token("word", single_word=True),
         token("Ana", normalized=True), token("jar.", normalized=True), token("é東"), token("é東 ")]))

    # Unigram.
    unigram = lambda **more: trainers.UnigramTrainer(
        vocab_size=220, unk_token="<unk>", special_tokens=["<unk>", "<s>", "</s>"], show_progress=False, **more)
    add("unigram, metaspace", train(
        models.Unigram(), unigram(), normalizers.NFKC(),
        pre_tokenizers.Metaspace(), decoders.Metaspace(), template))
    add("unigram, t5", train(
        models.Unigram(), unigram(), None, sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]),
        decoders.Metaspace()))
    add("unigram, charsmap", with_model(train(
        models.Unigram(), unigram(), None, pre_tokenizers.Metaspace(), decoders.Metaspace()),
        lambda d: d.update(normalizer={"type": "Precompiled", "precompiled_charsmap": base64.b64encode(charsmap()).decode()})))

    def bytes_too(description):
        vocabulary = description["model"]["vocab"]
        low = min(score for _, score in vocabulary)
        vocabulary += [[f"<0x{i:02X}>", low] for i in range(256)]
        description["model"]["byte_fallback"] = True

        models.Unigram(), unigram(), normalizers.Replace(" ", "▁"), None,

    add("unigram, byte fallback", with_model(train(
        models.Unigram(), unigram(), normalizers.Replace(" ", "▁"), None,
        decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])), bytes_too))

    # WordPiece.
    for name, lowercase, cleanup in (("uncased", True, True), ("cased", False, False)):
        add("wordpiece, " + name, train(
            models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=50),
            trainers.WordPieceTrainer(vocab_size=200, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]"], show_progress=False),
            normalizers.BertNormalizer(lowercase=lowercase), pre_tokenizers.BertPreTokenizer(),
            decoders.WordPiece(cleanup=cleanup),
            lambda t: processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))))
    cases = {name: hf_cases(tokenizer) for name, (tokenizer, _) in made.items()}
    for case in cases["added tokens"]:
        # The library gives a normalized added token back as it was normalized.
        case.pop("decoded", None)
    entries = []
    for name, (tokenizer, base) in made.items():
        description = json.loads(tokenizer.to_str())
        for key in ("version", "truncation", "padding"):
            description.pop(key)
        if base:
            # The model of another entry, and only the cases that are not as there.
            description["model"] = base
            changed = [
                None if ours == theirs else {"ids": ours["ids"]} for ours, theirs in zip(cases[name], cases[base])]
        else:
            changed = cases[name]
        entries.append({"name": name, "tokenizer": description, "cases": changed})
    return made, entries


RULES = {"Ｆ": "F", "ｕ": "u", "ｌ": "l", "ﬁ": "fi", "\u3000": " ", "\u00a0": " ", "\t": " ", "\n": " ", "①": "1",
         "e\u0301": "é", "\u200b": "", "½": " 1/2 "}


def spm_train(directory, rules=False, **options):
    """Trains a model, by RULES if it is to have rules, and gives its bytes."""
    directory.mkdir(parents=True, exist_ok=True)
    model = io.BytesIO()
    settings = {"normalization_rule_name": "identity", "minloglevel": 2, "num_threads": 1, **options}
    # The model keeps the path of a file of rules as it is given: one without folders says nothing of a machine.
    with contextlib.chdir(directory):
        if rules:
            settings["normalization_rule_tsv"] = "rules.tsv"
            write_rules(pathlib.Path("rules.tsv"))
        sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(corpus()), model_writer=model, **settings)
        pathlib.Path("rules.tsv").unlink(missing_ok=True)
    return model.getvalue()


def write_rules(path):
    code = lambda text: " ".join(f"{ord(c):X}" for c in text)
    path.write_text("".join(f"{code(a)}\t{code(b)}\n" for a, b in RULES.items()))


def charsmap():
    """The compiled form of RULES."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        data = spm_train(directory, vocab_size=90, model_type="bpe", rules=True)
    processor = sentencepiece.SentencePieceProcessor(model_proto=data)
    normalizer = fields(fields(processor.serialized_model_proto())[3][0])
    return normalizer[2][0]


def fields(message):
    """The fields of a protocol buffer message by number."""
    result, position = {}, 0

    def varint():
        nonlocal position
        value = shift = 0
        while True:
            byte = message[position]
            position += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while position < len(message):
        key = varint()
        if key & 7 == 0:
            value = varint()
        else:
            size = {1: 8, 5: 4}.get(key & 7)
            if size is None:
                size = varint()
            value = message[position:position + size]
            position += size
        result.setdefault(key >> 3, []).append(value)
    return result


def spm_cases(data):
    processor = sentencepiece.SentencePieceProcessor(model_proto=data)
    cases = []
    for text in texts():
        ids = processor.encode(text)
        case = {"ids": ids}
        note_decoded(case, text, processor.decode(ids))
        cases.append(case)
    return cases


def sentence_pieces(root, nmt):
    kinds = {}
    if nmt:
        for model_type in ("bpe", "unigram"):
            for rule in ("nmt_nfkc", "nfkc_cf"):
                kinds[f"{model_type}-{rule}"] = dict(
                    model_type=model_type, normalization_rule_name=rule, vocab_size=345, byte_fallback=True)
    else:
        kinds = {
            "bpe": dict(model_type="bpe", vocab_size=345, byte_fallback=True, remove_extra_whitespaces=False),
            "bpe-rules": dict(
                model_type="bpe", vocab_size=160, rules=True, user_defined_symbols=["<mask>", "é東", "word"],
                control_symbols=["<ctl>"]),
            "bpe-no-prefix": dict(
                model_type="bpe", vocab_size=130, add_dummy_prefix=False, remove_extra_whitespaces=False,
                split_by_whitespace=False),
            "unigram": dict(model_type="unigram", vocab_size=345, byte_fallback=True),
            "unigram-rules": dict(
                model_type="unigram", vocab_size=96, rules=True,
                user_defined_symbols=["<mask>", "é東", "word"], control_symbols=["<ctl>"], add_dummy_prefix=False),
            "unigram-suffix": dict(
                model_type="unigram", vocab_size=90, treat_whitespace_as_suffix=True, remove_extra_whitespaces=True),
        }
    for name, options in kinds.items():
        directory = root / f"sentencepiece-{name}"
        data = spm_train(directory, **options)
        (directory / "tokenizer.model").write_bytes(data)
        dump(directory / "cases.json", spm_cases(data))


def ranks(root, byte_level_tokenizer):
    """tiktoken files of the vocabulary of a byte-level BPE, without its special tokens."""
    alphabet = byte_alphabet()
    vocabulary = byte_level_tokenizer.get_vocab()
    tokens = sorted((text for text in vocabulary if text not in ("<s>", "</s>")), key=vocabulary.get)
    tokens = [bytes(alphabet[c] for c in text) for text in tokens]
    tokens = sorted((t for t in tokens if len(t) == 1)) + [t for t in tokens if len(t) > 1]
    special = {"<s>": len(tokens) + 3, "</s>": len(tokens) + 4}
    pattern = QWEN.replace("(?i:'s|'t|'re|'ve|'m|'ll|'d)", "'(?i:[sdmt]|ll|ve|re)")
    directory = rank_file(root / "tiktoken", "small", tokens, pattern, special)
    # Files with these names need nothing else.
    rank_file(root / "tiktoken-cl100k", "cl100k_base", tokens, CL100K, {"<|endoftext|>": 100257, "<|endofprompt|>": 100276})
    rank_file(root / "tiktoken-o200k", "o200k_base", tokens, O200K, {"<|endoftext|>": 199999, "<|endofprompt|>": 200018})
    dump(directory / "tokenizer_config.json", {
        "pat_str": QWEN, "eos_token": "</s>",
        "added_tokens_decoder": {str(i): {"content": t, "special": True} for t, i in special.items()}})


def rank_file(directory, name, tokens, pattern, special):
    """One file of ranks, and the cases of an encoding with that pattern."""
    directory.mkdir(exist_ok=True)
    (directory / f"{name}.tiktoken").write_text(
        "".join(f"{base64.b64encode(t).decode()} {rank}\n" for rank, t in enumerate(tokens)))
    encoding = tiktoken.Encoding(
        name, pat_str=pattern, mergeable_ranks={t: i for i, t in enumerate(tokens)}, special_tokens=special)
    cases = []
    for text in texts():
        case = {"ids": encoding.encode(text, allowed_special="all")}
        plain = encoding.encode(text, disallowed_special=())
        if plain != case["ids"]:
            case["plain"] = plain
        else:
            note_decoded(case, text, encoding.decode(plain))
        cases.append(case)
    dump(directory / "cases.json", cases)
    return directory


def byte_alphabet():
    """The byte of each character of a byte-level vocabulary."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [byte for byte in range(256) if byte not in printable]
    return {**{chr(b): b for b in printable}, **{chr(256 + i): b for i, b in enumerate(rest)}}


def merges(root):
    """vocab.json and merges.txt, with the line ends of Windows."""
    tokenizer = train(
        models.BPE(), byte_level(330, ["<|endoftext|>"]), None, pre_tokenizers.ByteLevel(add_prefix_space=False),
        decoders.ByteLevel())
    directory = root / "merges"
    directory.mkdir(exist_ok=True)
    tokenizer.model.save(str(directory))
    text = (directory / "merges.txt").read_text()
    assert text.startswith("#version")
    (directory / "merges.txt").write_bytes(text.replace("\n", "\r\n").encode())
    dump(directory / "cases.json", hf_cases(tokenizer))


def dump(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def main():
    global RANDOM_TEXTS
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nmt", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "sources")
    parser.add_argument("--random", type=int, default=RANDOM_TEXTS, help="how many random texts (more: a wider check)")
    arguments = parser.parse_args()
    RANDOM_TEXTS = arguments.random
    if arguments.nmt:
        sentence_pieces(arguments.nmt, True)
        return
    arguments.out.mkdir(exist_ok=True)
    made, entries = hugging_face()
    versions = {library.__name__: library.__version__ for library in (tokenizers, sentencepiece, tiktoken)}
    dump(arguments.out / "texts.json", {"made_with": versions, "texts": texts()})
    dump(arguments.out / "hugging_face.json", entries)
    sentence_pieces(arguments.out, False)
    ranks(arguments.out, made["byte-level"][0])
    merges(arguments.out)


if __name__ == "__main__":
    main()
