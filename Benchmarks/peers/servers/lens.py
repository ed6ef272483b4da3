"""TransformerLens: its own activation patching and its own cache."""

import importlib.metadata

import torch
from transformer_lens import patching

from hf import difference


def load(way, checkpoint, dtype, threads):
    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    from transformer_lens.model_bridge import TransformerBridge

    model = TransformerBridge.boot_transformers(checkpoint, device="cpu", dtype=getattr(torch, dtype))
    model.enable_compatibility_mode()
    version = importlib.metadata.version("transformer_lens")
    return f"TransformerLens {version}, PyTorch {torch.__version__}", TransformerLens(model)


class TransformerLens:
    def __init__(self, model):
        self.model = model

    def sweep(self, base, source, answer, layers):
        base = torch.tensor([base])
        _, cache = self.model.run_with_cache(
            torch.tensor([source]), names_filter=lambda name: name.endswith("hook_resid_pre"))

        def metric(logits):
            return logits[0, -1, answer[0]].float() - logits[0, -1, answer[1]].float()

        if layers == self.model.cfg.n_layers:
            table = patching.get_act_patch_resid_pre(self.model, base, cache, metric)
        else:
            table = self.some(base, cache, metric, layers)
        return table.flatten().tolist()

    def some(self, base, cache, metric, layers):
        """The same over the first layers alone, for a trial."""
        import pandas

        cells = [(layer, position) for layer in range(layers) for position in range(base.shape[1])]
        return patching.generic_activation_patch(
            self.model, base, cache, metric, patching.layer_pos_patch_setter, "resid_pre",
            index_df=pandas.DataFrame(cells, columns=["layer", "pos"]))

    def forward(self, sequences, answer, all_logits):
        assert all_logits
        logits, cache = self.model.run_with_cache(
            torch.tensor(sequences), names_filter=lambda name: name.endswith("hook_resid_post"))
        assert len(cache) == self.model.cfg.n_layers
        return difference(logits, answer)
