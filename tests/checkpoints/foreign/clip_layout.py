"""CLIP as OpenAI's repository builds it, in our own words: small, and without its tokenizer."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self, width: int, causal: bool) -> None:
        super().__init__()
        self.attn = nn.MultiheadAttention(width, width // 64)
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mlp = nn.Sequential()
        self.mlp.c_fc, self.mlp.c_proj = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.causal = causal

    def forward(self, x: Tensor) -> Tensor:
        """(N, B, W), as attention takes it there."""
        y = self.ln_1(x)
        mask = torch.full((len(x), len(x)), float("-inf")).triu(1) if self.causal else None
        x = x + self.attn(y, y, y, need_weights=False, attn_mask=mask)[0]
        y = self.mlp.c_fc(self.ln_2(x))
        return x + self.mlp.c_proj(y * torch.sigmoid(1.702 * y))


def transformer(width: int, layers: int, causal: bool) -> nn.Module:
    made = nn.Module()
    made.resblocks = nn.Sequential(*(Block(width, causal) for _ in range(layers)))
    return made


class Visual(nn.Module):
    def __init__(self, side: int, patch: int, width: int, layers: int, length: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, patch, patch, bias=False)
        self.class_embedding = nn.Parameter(torch.randn(width))
        self.positional_embedding = nn.Parameter(torch.randn((side // patch) ** 2 + 1, width))
        self.ln_pre, self.ln_post = nn.LayerNorm(width), nn.LayerNorm(width)
        self.transformer = transformer(width, layers, False)
        self.proj = nn.Parameter(torch.randn(width, length) * width**-0.5)

    def forward(self, pictures: Tensor) -> Tensor:
        x = self.conv1(pictures).flatten(2).permute(0, 2, 1)
        x = torch.cat([self.class_embedding.expand(len(x), 1, -1), x], 1) + self.positional_embedding
        x = self.transformer.resblocks(self.ln_pre(x).permute(1, 0, 2)).permute(1, 0, 2)
        return self.ln_post(x[:, 0]) @ self.proj


class CLIP(nn.Module):
    def __init__(self, words: int, side: int = 32, patch: int = 8, width: int = 128, length: int = 24) -> None:
        super().__init__()
        self.visual = Visual(side, patch, width, 2, length)
        self.transformer = transformer(64, 2, True)
        self.token_embedding = nn.Embedding(words, 64)
        self.positional_embedding = nn.Parameter(torch.randn(77, 64))
        self.ln_final = nn.LayerNorm(64)
        self.text_projection = nn.Parameter(torch.randn(64, length) / 8)
        self.logit_scale = nn.Parameter(torch.tensor(4.6))
        for name, value in (("input_resolution", side), ("context_length", 77), ("vocab_size", words)):
            self.register_buffer(name, torch.tensor(value))

    def encode_image(self, pictures: Tensor) -> Tensor:
        return self.visual(pictures)

    def encode_text(self, tokens: Tensor) -> Tensor:
        """(B, 77) padded with zeros behind the end, whose number is the highest."""
        x = (self.token_embedding(tokens) + self.positional_embedding).permute(1, 0, 2)
        x = self.ln_final(self.transformer.resblocks(x).permute(1, 0, 2))
        return x[torch.arange(len(x)), tokens.argmax(-1)] @ self.text_projection

    def forward(self, pictures: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        return self.encode_image(pictures), self.encode_text(tokens)
