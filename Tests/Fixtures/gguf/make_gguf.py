"""Makes types.gguf, a small file with every type of value and element, and types.safetensors, its tensors in float32.

    python -m venv .venv && .venv/bin/pip install gguf==0.19.0 numpy && .venv/bin/python make_gguf.py
"""

import json
import pathlib
import struct

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Element
from gguf import GGUFValueType as Value

HERE = pathlib.Path(__file__).parent
RANDOM = np.random.default_rng(20240817)

# Where the float16 numbers of a block lie.
SCALES = {
    Element.Q4_0: [0],
    Element.Q4_1: [0, 2],
    Element.Q5_0: [0],
    Element.Q5_1: [0, 2],
    Element.Q8_0: [0],
    Element.Q4_K: [0, 2],
    Element.Q5_K: [0, 2],
    Element.Q6_K: [208],
}

# Zeros, the least and the greatest subnormal numbers, the least normal and the greatest finite number.
EDGES = np.array([0x0000, 0x8000, 0x0001, 0x83FF, 0x0400, 0x7BFF, 0xFBFF], dtype=np.uint16)


def random_blocks(element, rows, width):
    """Random bits, but finite scales: every other block has an ordinary one, the rest the edges in turn."""
    per_block, size = gguf.GGML_QUANT_SIZES[element]
    blocks = RANDOM.integers(0, 256, (rows * width // per_block, size), dtype=np.uint8)
    for number, place in enumerate(SCALES[element]):
        scales = RANDOM.normal(0, 0.02, len(blocks)).astype(np.float16).view(np.uint16)
        scales[1::2] = np.resize(np.roll(EDGES, 3 * number), len(scales[1::2]))
        blocks[:, place : place + 2] = scales.reshape(-1, 1).view(np.uint8)
    return blocks.reshape(rows, -1)


def tensors():
    """Name, element type, stored array, shape: outermost first."""
    plain = RANDOM.normal(0, 1, (5, 33)).astype(np.float32)
    plain[0, :4] = [0.0, -0.0, np.inf, -np.inf]
    yield "plain.f32", Element.F32, plain, plain.shape
    halves = plain.astype(np.float16)
    halves.view(np.uint16)[1, :8] = [*EDGES, 0x7E00]
    yield "plain.f16", Element.F16, halves, plain.shape
    brains = (plain.view(np.uint32) >> 16).astype(np.uint16)
    brains[1, :4] = [0x0001, 0x807F, 0x7F7F, 0x7FC0]
    yield "plain.bf16", Element.BF16, brains.view(np.uint8), plain.shape
    yield "axes.one", Element.F32, plain[2, :7].copy(), (7,)
    cube = RANDOM.normal(0, 1, (2, 3, 64)).astype(np.float32)
    yield "axes.three", Element.Q8_0, gguf.quants.quantize(cube, Element.Q8_0), cube.shape
    for element in SCALES:
        rows, width = (7, 512) if element.name.endswith("K") else (5, 96)
        yield f"random.{element.name}", element, random_blocks(element, rows, width), (rows, width)
        if width == 96:
            numbers = RANDOM.normal(0, 0.5, (rows, width)).astype(np.float32)
            yield f"numbers.{element.name}", element, gguf.quants.quantize(numbers, element), (rows, width)


def add_values(writer):
    for name, value, kind in [
        ("u8", 255, Value.UINT8),
        ("i8", -128, Value.INT8),
        ("u16", 65535, Value.UINT16),
        ("i16", -32768, Value.INT16),
        ("u32", 2**32 - 1, Value.UINT32),
        ("i32", -(2**31), Value.INT32),
        ("u64", 2**64 - 1, Value.UINT64),
        ("i64", -(2**63), Value.INT64),
        ("f32", 0.1, Value.FLOAT32),
        ("f64", 0.1, Value.FLOAT64),
        ("yes", True, Value.BOOL),
        ("no", False, Value.BOOL),
        ("text", "é 😀\n", Value.STRING),
        ("empty", "", Value.STRING),
    ]:
        writer.add_key_value(f"value.{name}", value, kind)
    for name, values, kind in [
        ("u8", [0, 255], Value.UINT8),
        ("i8", [-128, 127], Value.INT8),
        ("u16", [0, 65535], Value.UINT16),
        ("i16", [-32768, 32767], Value.INT16),
        ("u32", [0, 2**32 - 1], Value.UINT32),
        ("i32", [-(2**31), 2**31 - 1], Value.INT32),
        ("u64", [0, 2**64 - 1], Value.UINT64),
        ("i64", [-(2**63), 2**63 - 1], Value.INT64),
        ("f32", [0.1, -1e30], Value.FLOAT32),
        ("f64", [0.1, -1e300], Value.FLOAT64),
        ("bool", [True, False, True], Value.BOOL),
        ("text", ["", "Ġhello", "a text longer than fifteen bytes", "😀"], Value.STRING),
    ]:
        writer.add_key_value(f"array.{name}", values, Value.ARRAY, kind)
    # The writer leaves an inner array's element type out: these are packed by hand.
    inner = [struct.pack("<IQ2I", Value.UINT32, 2, 1, 2), struct.pack("<IQ1b", Value.INT8, 1, -3)]
    writer.add_key_value("array.arrays", Packed(inner), Value.ARRAY, Value.ARRAY)


class Packed(list):
    """Elements that are bytes of the file already."""


class Writer(gguf.GGUFWriter):
    def _pack_val(self, val, vtype, add_vtype, sub_type=None):
        if isinstance(val, Packed):
            return struct.pack("<IIQ", vtype, sub_type, len(val)) + b"".join(val)
        return super()._pack_val(val, vtype, add_vtype, sub_type)


def write_safetensors(path, arrays):
    header, begin = {}, 0
    for name, array in arrays.items():
        header[name] = {"dtype": "F32", "shape": array.shape, "data_offsets": [begin, begin + array.nbytes]}
        begin += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(array.tobytes() for array in arrays.values()))


writer = Writer(HERE / "types.gguf", "llama")
writer.add_custom_alignment(64)
add_values(writer)
golden = {}
for name, element, stored, shape in tensors():
    writer.add_tensor(name, stored, raw_dtype=element)
    golden[name] = gguf.quants.dequantize(stored, element).reshape(shape).astype(np.float32)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
write_safetensors(HERE / "types.safetensors", golden)
