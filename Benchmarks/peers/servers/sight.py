"""nnsight: a trace for each cell."""

import importlib.metadata

import torch
from nnsight import NNsight

from hf import HuggingFace, difference, load_model


def load(way, checkpoint, dtype, threads):
    version, model = load_model(checkpoint, dtype, threads)
    return f"nnsight {importlib.metadata.version('nnsight')}, {version}", Sight(model)


class Sight:
    def __init__(self, model):
        self.plain, self.model = HuggingFace(model, "hooks"), NNsight(model)
        self.blocks = self.model.transformer.h if self.plain.is_gpt2 else self.model.model.layers

    def sweep(self, base, source, answer, layers):
        base = torch.tensor([base])
        streams, cells = self.plain.residuals(torch.tensor([source])), []
        for layer in range(layers):
            for position in range(base.shape[1]):
                with self.model.trace(base, use_cache=False, logits_to_keep=1):
                    self.blocks[layer].input[:, position] = streams[layer][:, position]
                    logits = self.model.output.logits.save()
                cells += difference(logits, answer)
        return cells
