"""llama.cpp through its Python binding: its own decoding, the likeliest token chosen here."""

import importlib.metadata

import llama_cpp
import numpy


def load(way, checkpoint, dtype, threads):
    llama_cpp.llama_backend_init()
    model = llama_cpp.llama_model_load_from_file(checkpoint.encode(), llama_cpp.llama_model_default_params())
    return f"llama-cpp-python {importlib.metadata.version('llama_cpp_python')}", LlamaCPP(model, threads)


class LlamaCPP:
    def __init__(self, model, threads):
        self.model, self.threads = model, threads
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model))

    def decode(self, prompts, tokens, ablate):
        assert not ablate
        options = llama_cpp.llama_context_default_params()
        options.n_threads = options.n_threads_batch = self.threads
        options.n_seq_max = len(prompts)
        options.n_batch = options.n_ubatch = max(512, sum(map(len, prompts)))
        options.n_ctx = len(prompts) * (len(prompts[0]) + tokens + 64)
        context = llama_cpp.llama_init_from_model(self.model, options)
        batch = llama_cpp.llama_batch_init(options.n_batch, 0, 1)
        new, generated = [list(prompt) for prompt in prompts], [[] for _ in prompts]
        past = 0
        for _ in range(tokens):
            rows = []
            batch.n_tokens = 0
            for sequence, stretch in enumerate(new):
                for place, token in enumerate(stretch):
                    i = batch.n_tokens
                    batch.token[i], batch.pos[i] = token, past + place
                    batch.n_seq_id[i], batch.seq_id[i][0] = 1, sequence
                    batch.logits[i] = place == len(stretch) - 1
                    if batch.logits[i]:
                        rows.append(i)
                    batch.n_tokens += 1
            assert llama_cpp.llama_decode(context, batch) == 0
            past += len(new[0])
            new = []
            for sequence, row in enumerate(rows):
                logits = llama_cpp.llama_get_logits_ith(context, row)
                token = int(numpy.ctypeslib.as_array(logits, shape=(self.vocabulary,)).argmax())
                new.append([token])
                generated[sequence].append(token)
        llama_cpp.llama_batch_free(batch)
        llama_cpp.llama_free(context)
        return [token for tokens in generated for token in tokens]
