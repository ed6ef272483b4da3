"""Checks that Hugging Face's libraries read a directory that BytePairTrainer wrote, and notes the ids they give.

    pip install transformers tokenizers && python check_hugging_face.py trained

Writes cases.json into the directory: texts, ids without special tokens parsed, ids with them, and the decoded text;
the tests hold our ids equal to these.
"""

import json
import pathlib
import random
import sys

import transformers
from tokenizers import Tokenizer

TEXTS = [
    "", " ", "Ana opens the jar.", "  two  spaces\n\n\tand tabs \n", "don't we'll I'VE", "12345 67", "naïve café 東京 😀👩‍👧",
    "<|user|>Hello<|end|>\n<eot>", "<|us er|>", "cafe\u0301", "\u00a0\u2003x\u3000", "a\r\nb\rc", "Zoë paints 2 letters!?",
    "\u180e x", "\x00\x7f\x85 \u2028", "the the the", "x" * 100, "thethe" * 30,
]


def main(directory):
    fast = Tokenizer.from_file(str(directory / "tokenizer.json"))
    wrapped = transformers.AutoTokenizer.from_pretrained(directory)
    generator = random.Random(7)
    texts = list(TEXTS)
    for _ in range(60):
        texts.append("".join(chr(generator.choice([
            generator.randrange(32, 127), generator.randrange(97, 123), 32, 10, generator.randrange(0x80, 0x3000),
            generator.randrange(0x4E00, 0x9FFF), generator.randrange(0x1F300, 0x1F700)])) for _ in range(30)))
    cases = []
    for text in texts:
        parsed = wrapped(text, add_special_tokens=False)["input_ids"]
        assert parsed == fast.encode(text, add_special_tokens=False).ids, text
        plain = Tokenizer.from_file(str(directory / "tokenizer.json"))
        plain.encode_special_tokens = True
        cases.append({
            "text": text, "parsed": parsed, "plain": plain.encode(text, add_special_tokens=False).ids,
            "decoded": wrapped.decode(parsed), "skipped": wrapped.decode(parsed, skip_special_tokens=True)})
    prompt = wrapped.apply_chat_template(
        [{"role": "user", "content": "Ana opens the jar."}], add_generation_prompt=True, tokenize=False)
    ids = wrapped(prompt, add_special_tokens=False)["input_ids"]
    result = {
        "made_with": f"transformers {transformers.__version__}", "eos": wrapped.eos_token_id, "prompt": prompt,
        "prompt_ids": ids, "cases": cases}
    (directory / "cases.json").write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
    print(len(cases), "texts;", type(wrapped).__name__, "; vocabulary", len(wrapped), "; eos", wrapped.eos_token_id)


main(pathlib.Path(sys.argv[1]))
