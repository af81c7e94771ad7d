"""The network in torch: an encoder over the pair, the sentence's tokens pooled, one logit a sentence; and its loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from sentence_transformers.base.modules import Transformer
from sentence_transformers.base.modules.module import Module
from sentence_transformers.cross_encoder import CrossEncoder
from torch import Tensor, nn

from app.reader.context import Encoded


class Head(Module):
    """What stands on an encoder of this width, kept as sentence-transformers keeps its modules."""

    config_keys: list[str] = ["width"]  # noqa: RUF012  # declared so by the base class

    def __init__(self, width: int = 384) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library's
        self.width = width

    def save(self, output_path: str, *args: Any, safe_serialization: bool = True, **kwargs: Any) -> None:
        """Configuration and weights."""
        self.save_config(output_path)
        self.save_torch_weights(output_path, safe_serialization=safe_serialization)


class SentenceHead(Head):
    """Pools a sentence's tokens (s) and the question's (q), and scores [s, q, s * q].

    The product starts out as MiniLM's own cosine, so that training begins from its judgement.
    """

    def __init__(self, width: int = 384) -> None:
        super().__init__(width)
        self.dropout = nn.Dropout(0.1)
        self.score = nn.Linear(3 * width, 1)
        with torch.no_grad():
            self.score.weight.mul_(0.1)
            self.score.weight[:, 2 * width :] = 5.0 / width**0.5
            self.score.bias.fill_(-3.0)

    def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """`sentence_mask` is (batch, sentences, tokens); `scores` becomes (batch, sentences)."""
        tokens = features["token_embeddings"]
        question = (1 - features["token_type_ids"]) * features["attention_mask"]
        s = pool(tokens, features["sentence_mask"])
        q = pool(tokens, question.unsqueeze(1).to(tokens.dtype)).expand_as(s)
        product = nn.functional.normalize(s, dim=-1) * nn.functional.normalize(q, dim=-1) * self.width**0.5
        features["scores"] = self.score(self.dropout(torch.cat([s, q, product], dim=-1))).squeeze(-1)
        return features


def pool(tokens: Tensor, mask: Tensor) -> Tensor:
    """Mean of `tokens` (batch, length, width) over each row of `mask` (batch, sentences, length)."""
    mask = mask.to(tokens.dtype)
    return (mask @ tokens) / mask.sum(dim=-1, keepdim=True).clamp(min=1)


def encoder(folder: str, **options: Any) -> Any:
    """The `Transformer` of a folder, whose parts the library leaves untyped; `options` are its own.

    Word embeddings are left as they are: the data is small.
    """
    transformer = Transformer(
        folder,
        model_kwargs={"attn_implementation": "eager"},
        config_kwargs={"attention_probs_dropout_prob": 0.0},
        **options,
    )
    transformer.model.embeddings.word_embeddings.weight.requires_grad = False
    transformer.model.pooler = None
    return transformer


def build(folder: str) -> CrossEncoder:
    """The encoder of a folder with a fresh head."""
    transformer = encoder(folder)
    modules = [transformer, SentenceHead(transformer.model.config.hidden_size)]
    model: CrossEncoder = CrossEncoder(modules=modules, num_labels=1)
    return model


def mean(states: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of several models' weights."""
    return {name: torch.stack([state[name].float() for state in states]).mean(0).to(weights.dtype)
            for name, weights in states[0].items()}  # fmt: skip


def collate(encoded: Sequence[Encoded], pad: int) -> dict[str, Tensor]:
    """Padded tensors of a batch of sequences; `sentence_mask` is (batch, most sentences, length)."""
    length = max(len(one.ids) for one in encoded)
    most = max(len(one.spans) for one in encoded)
    ids = torch.full((len(encoded), length), pad)
    attention = torch.zeros(len(encoded), length, dtype=torch.long)
    types = torch.zeros(len(encoded), length, dtype=torch.long)
    spans = torch.zeros(len(encoded), most, length)
    for row, one in enumerate(encoded):
        ids[row, : len(one.ids)] = torch.tensor(one.ids)
        attention[row, : len(one.ids)] = 1
        types[row, one.second : len(one.ids)] = 1
        for number, (start, end) in enumerate(one.spans):
            spans[row, number, start:end] = 1
    return {"input_ids": ids, "attention_mask": attention, "token_type_ids": types, "sentence_mask": spans}


def forward(model: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Scores (batch, sentences)."""
    transformer, sentence_head = model[0], model[1]  # type: ignore[index]  # a CrossEncoder is a Sequential
    tokens = embedded(transformer.model, batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])
    scores: Tensor = sentence_head({**batch, "token_embeddings": tokens})["scores"]
    return scores.float()


def embedded(encoder: nn.Module, ids: Tensor, attention: Tensor, types: Tensor) -> Tensor:
    """What the encoder makes of each token (batch, length, width); inputs are (batch, length)."""
    inputs = {"input_ids": ids, "attention_mask": attention}
    if hasattr(encoder.embeddings, "token_type_embeddings"):  # which an MPNet lacks
        inputs["token_type_ids"] = types
    tokens: Tensor = encoder(**inputs)[0]
    return tokens


def listwise(scores: Tensor, labels: Tensor, bag: bool) -> Tensor:
    """Cross-entropy of one question's sentences against each other and against "no answer", whose logit is 0.

    `scores` and `labels` are (sentences,); with answers, the probability of their sum is raised, without, that of
    "no answer". A `bag` is one passage (label 1) of which some sentence answers, which is the same sum.
    """
    none = scores.new_zeros(1)
    right = scores[labels > 0] if bool((labels > 0).any()) else none
    return torch.logsumexp(torch.cat([scores, none]), 0) - torch.logsumexp(right, 0)


def pointwise(scores: Tensor, labels: Tensor, bag: bool) -> Tensor:
    """Binary cross-entropy of each sentence on its own, answers and others weighing the same when both are there."""
    if bag:
        right, wrong = scores[labels > 0], scores[labels <= 0]
        parts = [nn.functional.softplus(-right.max()).reshape(1), nn.functional.softplus(wrong)]
        return torch.cat([part.mean().reshape(1) for part in parts if part.numel()]).mean()
    losses = nn.functional.binary_cross_entropy_with_logits(scores, labels, reduction="none")
    parts = [losses[labels > 0], losses[labels <= 0]]
    return torch.stack([part.mean() for part in parts if part.numel()]).mean()


def agrees(told: Tensor, labels: Tensor) -> bool:
    """Whether a teacher's likeliest sentence is an answer, or none is likely where none answers."""
    right = labels > 0
    best = int(told.argmax())
    return bool(right[best]) if bool(right.any()) else bool(told[best] < 0)


def distilled(scores: Tensor, told: Tensor, pointwise_weight: float) -> Tensor:
    """The two losses with a teacher's probabilities in place of labels (Hinton et al., 2015).

    `scores` and the teacher's logits are (sentences,).
    """
    none = scores.new_zeros(1)
    shares = torch.softmax(torch.cat([told, none]), 0)
    listed = -(shares * torch.log_softmax(torch.cat([scores, none]), 0)).sum()
    alone = nn.functional.binary_cross_entropy_with_logits(scores, torch.sigmoid(told))
    return (1 - pointwise_weight) * listed + pointwise_weight * alone
