#!/usr/bin/python3
"""GGUF files of every type of tensor and metadata, written and read by llama.cpp's own Python package."""

import expected


def tensors_of(path):
    from gguf import GGUFReader
    return [[tensor.name, dtype_of(tensor.tensor_type), [int(size) for size in tensor.shape], int(tensor.n_bytes)]
            for tensor in GGUFReader(path).tensors]


PLAIN = {"F32": "float32", "F16": "float16", "BF16": "bfloat16", "F64": "float64", "I8": "int8", "I16": "int16", "I32": "int32", "I64": "int64"}


def dtype_of(tensor_type):
    return PLAIN.get(tensor_type.name, tensor_type.name.lower())


def elements(path):
    from gguf import GGUFReader
    return sum(int(tensor.n_elements) for tensor in GGUFReader(path).tensors)


def add(wanted, path, **what):
    wanted.add(path.name, format="gguf", tensors=tensors_of(path), parameters=elements(path), **what)


def write(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def make(wanted):
    import gguf
    import numpy
    for kind in gguf.GGMLQuantizationType:
        path = wanted.path(f"{kind.name}.gguf")
        writer = gguf.GGUFWriter(path, arch="llama")
        per_block, block_bytes = gguf.GGML_QUANT_SIZES[kind]
        # The bytes of two rows of two blocks: the package quantises only some of the types itself.
        data = numpy.zeros((2, 2 * block_bytes), dtype=numpy.uint8)
        writer.add_tensor("token_embd.weight", data, raw_shape=data.shape, raw_dtype=kind)
        write(writer)
        add(wanted, path, architecture="llama", verdict="allowlisted")

    path = wanted.path("quantised.gguf")
    writer = gguf.GGUFWriter(path, arch="llama")
    weights = numpy.random.default_rng(1).standard_normal((8, 256), dtype=numpy.float32)
    for kind in (gguf.GGMLQuantizationType.Q8_0, gguf.GGMLQuantizationType.Q4_0, gguf.GGMLQuantizationType.Q5_1):
        writer.add_tensor(f"blk.0.{kind.name}", gguf.quants.quantize(weights, kind), raw_dtype=kind)
    writer.add_tensor("output_norm.weight", weights[0])
    write(writer)
    add(wanted, path, architecture="llama")

    path = wanted.path("metadata.gguf")
    writer = gguf.GGUFWriter(path, arch="qwen2")
    writer.add_name("Tiny")
    writer.add_license("apache-2.0")
    writer.add_context_length(4096)
    writer.add_block_count(2)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_K_M)
    writer.add_token_list([f"token {number}" for number in range(2000)])
    writer.add_token_scores([0.5] * 2000)
    writer.add_chat_template("{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}")
    writer.add_float64("mlops.f64", 1.5)
    writer.add_int8("mlops.i8", -1)
    writer.add_uint64("mlops.u64", 2**63)
    writer.add_bool("mlops.bool", True)
    writer.add_tensor("token_embd.weight", weights)
    write(writer)
    add(wanted, path, architecture="qwen2", licence="apache-2.0", quantisation="Q4_K_M")

    path = wanted.path("aligned.gguf")
    writer = gguf.GGUFWriter(path, arch="llama")
    writer.add_custom_alignment(64)
    for number in range(5):
        writer.add_tensor(f"t{number}", numpy.arange(number + 1, dtype=numpy.float32))
    write(writer)
    add(wanted, path, architecture="llama")

    path = wanted.path("big-endian.gguf")
    writer = gguf.GGUFWriter(path, arch="llama", endianess=gguf.GGUFEndian.BIG)
    writer.add_tensor("t", numpy.arange(6, dtype=numpy.float32).reshape(2, 3))
    write(writer)
    add(wanted, path, architecture="llama")


if __name__ == "__main__":
    expected.run(make, needs=["gguf", "numpy"])
