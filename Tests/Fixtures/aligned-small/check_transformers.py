"""Checks that Hugging Face transformers loads the embedded model, and says what Palimpsest says.

    python -m venv .venv && .venv/bin/pip install torch transformers safetensors
    .venv/bin/python Tests/Fixtures/aligned-small/check_transformers.py .build/release/palimpsest

Prints the largest difference of logits over some requests, and whether prompts, ids and greedy answers are the same.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

ROOT = pathlib.Path(__file__).resolve().parents[3]
MODEL = ROOT / "experiments/models/aligned-small"
REQUESTS = ROOT / "experiments/data/requests.jsonl"


def main(palimpsest: str) -> None:
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    model = AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32, attn_implementation="eager")
    texts = [json.loads(line)["text"] for line in REQUESTS.read_text().splitlines()[::24]]
    prompts = [
        tokenizer.apply_chat_template([{"role": "user", "content": text}], add_generation_prompt=True, tokenize=False)
        for text in texts
    ]
    ids = [tokenizer(prompt, add_special_tokens=False)["input_ids"] for prompt in prompts]
    with tempfile.TemporaryDirectory() as folder:
        tokens, out = f"{folder}/ids.json", f"{folder}/out.safetensors"
        pathlib.Path(tokens).write_text(json.dumps(ids))
        subprocess.run([palimpsest, "model", "forward", MODEL, "--tokens", tokens, "--out", out], check=True)
        ours = load_file(out)
    worst = 0.0
    for index, sequence in enumerate(ids):
        with torch.no_grad():
            theirs = model(torch.tensor([sequence])).logits[0]
        worst = max(worst, (ours[f"logits.{index}"] - theirs).abs().max().item())
    answers = json.loads(
        subprocess.run(
            [palimpsest, "model", "generate", MODEL, "--prompt", texts[0], "--json"],
            check=True, capture_output=True, text=True,
        ).stdout
    )[0]
    generated = model.generate(torch.tensor([ids[0]]), max_new_tokens=128, do_sample=False)[0, len(ids[0]):].tolist()
    generated = generated[: -1] if generated[-1] == tokenizer.eos_token_id else generated
    print(f"{len(ids)} prompts, largest difference of logits {worst:.2e}")
    print(f"prompt ids equal: {answers['prompt'] == ids[0]}; greedy answer equal: {answers['tokens'] == generated}")
    if worst > 3e-5 or answers["prompt"] != ids[0] or answers["tokens"] != generated:
        raise SystemExit("transformers and Palimpsest disagree")


if __name__ == "__main__":
    main(sys.argv[1])
