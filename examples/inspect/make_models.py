#!/usr/bin/python3
"""Makes small models of the formats that people keep, each by the library that it is of, where that is installed.

    make_models.py FOLDER

Prints the path of each. safetensors and GGUF come from tensor_files.py, for Debian has no package that writes them.
"""

import json
import pickle
import sys
import warnings
from pathlib import Path

from tensor_files import gguf, safetensors, zeros

folder = Path(sys.argv[1])


def table():
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split
    cancer = load_breast_cancer()
    return train_test_split(cancer.data, cancer.target, random_state=7), list(cancer.feature_names)


def scikit_learn():
    import joblib
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    (train, _, labels, _), _ = table()
    forest = RandomForestClassifier(n_estimators=20, max_depth=4, random_state=7).fit(train, labels)
    (folder / "forest.pkl").write_bytes(pickle.dumps(forest))
    joblib.dump(make_pipeline(StandardScaler(), LogisticRegression(C=0.5)).fit(train, labels), folder / "pipeline.joblib", compress=3)
    return "forest.pkl", "pipeline.joblib"


def xgboost():
    import xgboost
    (train, _, labels, _), names = table()
    settings = {"objective": "binary:logistic", "max_depth": 3, "eta": 0.2}
    booster = xgboost.train(settings, xgboost.DMatrix(train, labels, feature_names=names), num_boost_round=10)
    booster.save_model(folder / "trees.ubj")
    booster.save_model(folder / "trees.json")
    return "trees.ubj", "trees.json"


def onnx():
    import numpy
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    weights = numpy_helper.from_array(numpy.full((30, 2), 0.1, dtype=numpy.float32), "weights")
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["cells", "weights"], ["scores"]), helper.make_node("Softmax", ["scores"], ["probabilities"])], "classifier",
        [helper.make_tensor_value_info("cells", TensorProto.FLOAT, ["batch", 30])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 2])], [weights])
    model = helper.make_model(graph, producer_name="an-example", opset_imports=[helper.make_opsetid("", 17)])
    onnx.checker.check_model(model)
    onnx.save(model, str(folder / "classifier.onnx"))
    return ("classifier.onnx",)


def torch():
    import torch
    module = torch.nn.Sequential(torch.nn.Linear(30, 16), torch.nn.ReLU(), torch.nn.Linear(16, 2))
    torch.save(module.state_dict(), folder / "weights.pt")
    torch.jit.script(module).save(str(folder / "scripted.pt"))
    return "weights.pt", "scripted.pt"


def numpy():
    import numpy
    numpy.savez_compressed(folder / "embedding.npz", vectors=numpy.zeros((100, 16), dtype=numpy.float32), ids=numpy.arange(100))
    return ("embedding.npz",)


def large_language_model():
    """In miniature: the folder that one downloads, and the one file that llama.cpp runs."""
    names = {"model.embed_tokens.weight": ("float16", [320, 64]), "model.layers.0.self_attn.q_proj.weight": ("float16", [64, 64]),
             "model.norm.weight": ("float32", [64])}
    configuration = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 64, "num_hidden_layers": 1,
                     "num_attention_heads": 4, "vocab_size": 320, "torch_dtype": "float16", "transformers_version": "4.46.0"}
    home = folder / "llama"
    home.mkdir(exist_ok=True)
    (home / "config.json").write_text(json.dumps(configuration, indent=2))
    (home / "README.md").write_text("---\nlicense: apache-2.0\n---\n# A llama of 25 thousand parameters\n")
    (home / "model.safetensors").write_bytes(safetensors(zeros(names), {"format": "pt"}))
    metadata = {"general.architecture": "llama", "general.name": "A llama", "general.license": "apache-2.0", "general.file_type": 1,
                "llama.context_length": 2048, "llama.block_count": 1, "llama.embedding_length": 64, "tokenizer.ggml.model": "llama",
                "tokenizer.ggml.tokens": [f"<{number}>" for number in range(320)],
                "tokenizer.chat_template": "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}"}
    gguf_names = {"token_embd.weight": ("float16", [320, 64]), "blk.0.attn_q.weight": ("float16", [64, 64]), "output_norm.weight": ("float32", [64])}
    (folder / "llama.gguf").write_bytes(gguf(zeros(gguf_names), metadata))
    return "llama", "llama.gguf"


def main():
    warnings.simplefilter("ignore")
    folder.mkdir(parents=True, exist_ok=True)
    for maker in (scikit_learn, xgboost, onnx, torch, numpy, large_language_model):
        try:
            made = maker()
        except ImportError as error:
            print(f"skipped: {maker.__name__}: {error}", file=sys.stderr)
            continue
        print("\n".join(made), flush=True)


if __name__ == "__main__":
    main()
