"""Write a checkpoint of random numbers that ComfyUI takes for Stable Diffusion 1.x.

Usage: tiny_checkpoint.py FILE.safetensors

ComfyUI knows a model by the names and shapes of its parts. These are the fewest that it accepts: a
UNet with the widths of SD 1.5 but one level and one block, the text encoder in full (its shape is
fixed), and the small VAE that is known as TAESD. The pictures are noise; sampling them is real.
"""

import sys

import numpy as np
from safetensors.numpy import save_file

WIDTH, CONTEXT, TIME = 320, 768, 1280
TOKENS, POSITIONS, LAYERS = 49408, 77, 12
VAE_WIDTH = 64

rng = np.random.default_rng(0)
parts: dict[str, np.ndarray] = {}


def weight(name: str, *shape: int, spread: float = 0.0) -> None:
    fan_in = int(np.prod(shape[1:])) or 1
    scale = spread or 0.7 / np.sqrt(fan_in)
    parts[f"{name}.weight"] = (rng.standard_normal(shape, np.float32) * scale).astype(np.float16)


def bias(name: str, size: int) -> None:
    parts[f"{name}.bias"] = np.zeros(size, np.float16)


def norm(name: str, size: int) -> None:
    parts[f"{name}.weight"] = np.ones(size, np.float16)
    bias(name, size)


def linear(name: str, out: int, into: int, *, has_bias: bool = True) -> None:
    weight(name, out, into)
    if has_bias:
        bias(name, out)


def convolution(name: str, out: int, into: int, kernel: int = 3, *, has_bias: bool = True) -> None:
    weight(name, out, into, kernel, kernel)
    if has_bias:
        bias(name, out)


def residual(name: str, into: int, out: int) -> None:
    norm(f"{name}.in_layers.0", into)
    convolution(f"{name}.in_layers.2", out, into)
    linear(f"{name}.emb_layers.1", out, TIME)
    norm(f"{name}.out_layers.0", out)
    convolution(f"{name}.out_layers.3", out, out)
    if into != out:
        convolution(f"{name}.skip_connection", out, into, 1)


def attention(name: str) -> None:
    norm(f"{name}.norm", WIDTH)
    convolution(f"{name}.proj_in", WIDTH, WIDTH, 1)
    block = f"{name}.transformer_blocks.0"
    for which, context in (("attn1", WIDTH), ("attn2", CONTEXT)):
        linear(f"{block}.{which}.to_q", WIDTH, WIDTH, has_bias=False)
        linear(f"{block}.{which}.to_k", WIDTH, context, has_bias=False)
        linear(f"{block}.{which}.to_v", WIDTH, context, has_bias=False)
        linear(f"{block}.{which}.to_out.0", WIDTH, WIDTH)
    linear(f"{block}.ff.net.0.proj", 8 * WIDTH, WIDTH)
    linear(f"{block}.ff.net.2", WIDTH, 4 * WIDTH)
    for number in (1, 2, 3):
        norm(f"{block}.norm{number}", WIDTH)
    convolution(f"{name}.proj_out", WIDTH, WIDTH, 1)


def unet(name: str) -> None:
    linear(f"{name}.time_embed.0", TIME, WIDTH)
    linear(f"{name}.time_embed.2", TIME, TIME)
    convolution(f"{name}.input_blocks.0.0", WIDTH, 4)
    residual(f"{name}.input_blocks.1.0", WIDTH, WIDTH)
    attention(f"{name}.input_blocks.1.1")
    residual(f"{name}.middle_block.0", WIDTH, WIDTH)
    attention(f"{name}.middle_block.1")
    residual(f"{name}.middle_block.2", WIDTH, WIDTH)
    for number in (0, 1):
        residual(f"{name}.output_blocks.{number}.0", 2 * WIDTH, WIDTH)
        attention(f"{name}.output_blocks.{number}.1")
    norm(f"{name}.out.0", WIDTH)
    convolution(f"{name}.out.2", 4, WIDTH)


def text_encoder(name: str) -> None:
    weight(f"{name}.embeddings.token_embedding", TOKENS, CONTEXT, spread=0.02)
    weight(f"{name}.embeddings.position_embedding", POSITIONS, CONTEXT, spread=0.01)
    for number in range(LAYERS):
        layer = f"{name}.encoder.layers.{number}"
        norm(f"{layer}.layer_norm1", CONTEXT)
        norm(f"{layer}.layer_norm2", CONTEXT)
        for which in ("q_proj", "k_proj", "v_proj", "out_proj"):
            linear(f"{layer}.self_attn.{which}", CONTEXT, CONTEXT)
        linear(f"{layer}.mlp.fc1", 4 * CONTEXT, CONTEXT)
        linear(f"{layer}.mlp.fc2", CONTEXT, 4 * CONTEXT)
    norm(f"{name}.final_layer_norm", CONTEXT)


def vae_block(name: str) -> None:
    for number in (0, 2, 4):
        convolution(f"{name}.conv.{number}", VAE_WIDTH, VAE_WIDTH)


def vae(name: str) -> None:
    encoder, decoder = f"{name}.taesd_encoder", f"{name}.taesd_decoder"
    convolution(f"{encoder}.0", VAE_WIDTH, 3)
    vae_block(f"{encoder}.1")
    for first in (2, 6, 10):
        convolution(f"{encoder}.{first}", VAE_WIDTH, VAE_WIDTH, has_bias=False)
        for number in range(first + 1, first + 4):
            vae_block(f"{encoder}.{number}")
    convolution(f"{encoder}.14", 4, VAE_WIDTH)
    convolution(f"{decoder}.1", VAE_WIDTH, 4)
    for first in (3, 8, 13):
        for number in range(first, first + 3):
            vae_block(f"{decoder}.{number}")
        convolution(f"{decoder}.{first + 4}", VAE_WIDTH, VAE_WIDTH, has_bias=False)
    vae_block(f"{decoder}.18")
    convolution(f"{decoder}.19", 3, VAE_WIDTH)
    parts[f"{name}.vae_scale"] = np.array(1, np.float16)
    parts[f"{name}.vae_shift"] = np.array(0, np.float16)


unet("model.diffusion_model")
text_encoder("cond_stage_model.transformer.text_model")
vae("first_stage_model")
save_file(parts, sys.argv[1])
