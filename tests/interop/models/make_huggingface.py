#!/usr/bin/python3
"""Folders as they are on the Hugging Face hub, written by hand: configuration, tokenizer, card and safetensors."""

import json
import math

import expected
from make_safetensors import serialised, tensors_of

CARD = """\
---
license: apache-2.0
language: [en]
pipeline_tag: text-generation
base_model: example/base
---
# Tiny

A card.
"""
LLAMA = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 2,
    "num_attention_heads": 2, "vocab_size": 64, "max_position_embeddings": 128, "torch_dtype": "bfloat16", "transformers_version": "4.46.0",
}
TOKENIZER = {"version": "1.0", "model": {"type": "BPE", "vocab": {f"t{number}": number for number in range(64)}, "merges": []}}


def layer(number):
    name = f"model.layers.{number}"
    return {f"{name}.self_attn.q_proj.weight": ("BF16", [8, 8]), f"{name}.mlp.up_proj.weight": ("BF16", [16, 8]),
            f"{name}.input_layernorm.weight": ("BF16", [8])}


def make(wanted):
    shards = [{"model.embed_tokens.weight": ("BF16", [64, 8]), **layer(0)}, {**layer(1), "model.norm.weight": ("BF16", [8])}]
    for name, parts in {"whole": [{**shards[0], **shards[1]}], "sharded": shards}.items():
        wanted.path(f"{name}/config.json").write_text(json.dumps(LLAMA))
        wanted.path(f"{name}/generation_config.json").write_text(json.dumps({"bos_token_id": 1, "transformers_version": "4.46.0"}))
        wanted.path(f"{name}/tokenizer.json").write_text(json.dumps(TOKENIZER))
        template = "{% for m in messages %}{{ '<|' + m['role'] + '|>' + m['content'] }}{% endfor %}"
        wanted.path(f"{name}/tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "LlamaTokenizer", "chat_template": template}))
        wanted.path(f"{name}/README.md").write_text(CARD)
        wanted.path(f"{name}/LICENSE").write_text("Apache License, Version 2.0\n")
        tensors, weight_map = [], {}
        for number, part in enumerate(parts, 1):
            file = "model.safetensors" if len(parts) == 1 else f"model-{number:05}-of-{len(parts):05}.safetensors"
            wanted.path(f"{name}/{file}").write_bytes(serialised(part, {"format": "pt"}))
            tensors += tensors_of(wanted.path(f"{name}/{file}"))
            weight_map |= dict.fromkeys(part, file)
        if len(parts) > 1:
            index = {"metadata": {"total_size": sum(tensor[3] for tensor in tensors)}, "weight_map": weight_map}
            wanted.path(f"{name}/model.safetensors.index.json").write_text(json.dumps(index))
        wanted.add(name, format="huggingface", architecture="LlamaForCausalLM", licence="apache-2.0", tensors=tensors,
                   parameters=sum(math.prod(shape) for _, _, shape, _ in tensors), libraries={"transformers": "4.46.0"}, problems=[])


if __name__ == "__main__":
    expected.run(make, needs=["safetensors"])
