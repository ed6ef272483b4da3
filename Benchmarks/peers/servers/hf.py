"""Hugging Face transformers, with hooks written by hand: a cell a forward, a layer a batch, or only the blocks from a
cell's layer on."""

import torch
import transformers


def load_model(checkpoint, dtype, threads):
    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    model = transformers.AutoModelForCausalLM.from_pretrained(checkpoint, dtype=getattr(torch, dtype)).eval()
    return f"transformers {transformers.__version__}, PyTorch {torch.__version__}", model


def load(way, checkpoint, dtype, threads):
    version, model = load_model(checkpoint, dtype, threads)
    return version, HuggingFace(model, way)


def difference(logits, answer):
    """Of two tokens' logits at the last position: [batch]."""
    return (logits[:, -1, answer[0]].float() - logits[:, -1, answer[1]].float()).tolist()


class HuggingFace:
    def __init__(self, model, way):
        self.model, self.way = model, way
        self.is_gpt2 = hasattr(model, "transformer")
        self.blocks = model.transformer.h if self.is_gpt2 else model.model.layers
        self.norm = model.transformer.ln_f if self.is_gpt2 else model.model.norm

    def residuals(self, tokens):
        """What enters each block: [1, positions, width] each."""
        body = self.model.transformer if self.is_gpt2 else self.model.model
        return body(tokens, output_hidden_states=True, use_cache=False).hidden_states[:-1]

    def sweep(self, base, source, answer, layers):
        base, source = torch.tensor([base]), torch.tensor([source])
        return getattr(self, self.way)(base, self.residuals(source), answer, layers)

    def patched(self, tokens, layer, patch, answer):
        """A forward whose block is given what `patch` leaves of its input."""

        def hook(module, arguments):
            patch(arguments[0])

        handle = self.blocks[layer].register_forward_pre_hook(hook)
        logits = self.model(tokens, use_cache=False, logits_to_keep=1).logits
        handle.remove()
        return difference(logits, answer)

    def hooks(self, base, source, answer, layers):
        cells = []
        for layer in range(layers):
            for position in range(base.shape[1]):

                def patch(stream):
                    stream[:, position] = source[layer][:, position]

                cells += self.patched(base, layer, patch, answer)
        return cells

    def batched(self, base, source, answer, layers):
        positions = torch.arange(base.shape[1])
        tokens, cells = base.expand(len(positions), -1), []
        for layer in range(layers):

            def patch(stream):
                stream[positions, positions] = source[layer][0]

            cells += self.patched(tokens, layer, patch, answer)
        return cells

    def suffix(self, base, source, answer, layers):
        """The blocks before a cell's layer are not run again: their output is kept from the base run."""
        kept, cells = self.residuals(base), []
        positions = torch.arange(base.shape[1])
        more = {} if self.is_gpt2 else {"position_embeddings": self.model.model.rotary_emb(kept[0], positions[None])}
        for layer in range(layers):
            stream = kept[layer].repeat(len(positions), 1, 1)
            stream[positions, positions] = source[layer][0]
            for block in self.blocks[layer:]:
                stream = block(stream, **more)
                stream = stream[0] if isinstance(stream, tuple) else stream
            cells += difference(self.model.lm_head(self.norm(stream[:, -1:])), answer)
        return cells

    def forward(self, sequences, answer, all_logits):
        output = self.model(
            torch.tensor(sequences), output_hidden_states=True, use_cache=False, logits_to_keep=0 if all_logits else 1)
        assert len(output.hidden_states) == len(self.blocks) + 1
        return difference(output.logits, answer)

    def decode(self, prompts, tokens, ablate):
        assert not ablate
        prompts = torch.tensor(prompts)
        self.model.generation_config.eos_token_id = None
        output = self.model.generate(
            prompts, attention_mask=torch.ones_like(prompts), max_new_tokens=tokens, do_sample=False, pad_token_id=0)
        return output[:, prompts.shape[1]:].flatten().tolist()
