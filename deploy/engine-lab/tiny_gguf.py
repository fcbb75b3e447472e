"""Write a language model of random numbers for llama.cpp.

Usage: tiny_gguf.py FILE.gguf

Its vocabulary is every byte and a handful of words, which it prefers; what it says is nonsense.
It goes on until the limit of its tokens, or until a shape that is asked for is full.
"""

import sys

import gguf
import numpy as np

CONTEXT, WIDTH, LAYERS, HEADS, INNER = 2048, 64, 2, 4, 128
WORDS = ["a", "the", "red", "house", "tree", "light", "of", "in", "and", "sky", "old", "blue"]
WORDS = [f" {word}" for word in (*WORDS, "with", "on", "über", "Häuser")] + [".", ",", "!"]

rng = np.random.default_rng(0)
tokens = [b"<unk>", b"<s>", b"</s>"]
tokens += [f"<0x{byte:02X}>".encode() for byte in range(256)]
# The vocabulary writes a space before a word as this sign.
tokens += [word.replace(" ", "\u2581").encode() for word in WORDS]
kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
kinds += [gguf.TokenType.BYTE] * 256 + [gguf.TokenType.NORMAL] * len(WORDS)
scores = [0.0] * 259 + [-float(number) for number in range(len(WORDS))]


def normal(*shape: int, spread: float = 0.3) -> np.ndarray:
    return (rng.standard_normal(shape) * spread).astype(np.float32)


writer = gguf.GGUFWriter(sys.argv[1], "llama")
writer.add_name("tiny-random")
writer.add_context_length(CONTEXT)
writer.add_embedding_length(WIDTH)
writer.add_block_count(LAYERS)
writer.add_feed_forward_length(INNER)
writer.add_head_count(HEADS)
writer.add_head_count_kv(HEADS)
writer.add_layer_norm_rms_eps(1e-5)
writer.add_rope_dimension_count(WIDTH // HEADS)
writer.add_vocab_size(len(tokens))
writer.add_file_type(gguf.LlamaFileType.ALL_F32)
writer.add_tokenizer_model("llama")
writer.add_token_list(tokens)
writer.add_token_scores(scores)
writer.add_token_types(kinds)
writer.add_bos_token_id(1)
writer.add_eos_token_id(2)
writer.add_unk_token_id(0)
writer.add_add_bos_token(value=True)
writer.add_chat_template(
    "{% for m in messages %}{{ m['role'] + ': ' + m['content'] + '\n' }}{% endfor %}assistant:"
)

# The first number of what goes through the model is the same everywhere; it keeps the end away.
embeddings = normal(len(tokens), WIDTH)
embeddings[:, 0] = 2
writer.add_tensor("token_embd.weight", embeddings)
head = normal(len(tokens), WIDTH, spread=0.6)
head[:259] *= 0.2
head[:, 0] = 0
head[2] = [-30, *[0] * (WIDTH - 1)]
writer.add_tensor("output.weight", head)
writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
for layer in range(LAYERS):
    block = f"blk.{layer}"
    for name in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"{block}.{name}.weight", np.ones(WIDTH, np.float32))
    for name in ("attn_q", "attn_k", "attn_v"):
        writer.add_tensor(f"{block}.{name}.weight", normal(WIDTH, WIDTH))
    writer.add_tensor(f"{block}.ffn_gate.weight", normal(INNER, WIDTH))
    writer.add_tensor(f"{block}.ffn_up.weight", normal(INNER, WIDTH))
    for name, width in (("attn_output", WIDTH), ("ffn_down", INNER)):
        weights = normal(WIDTH, width)
        weights[0] = 0
        writer.add_tensor(f"{block}.{name}.weight", weights)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
