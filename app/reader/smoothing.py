"""SmoothQuant: outliers moved from activations into weights, so that int8 loses less.

Dynamic quantisation has one scale for a whole activation tensor; a channel with large values leaves few steps to the
others. Dividing each input channel of a linear layer by a factor, and multiplying its weights by it, changes nothing
in exact arithmetic and evens out the channels (Xiao et al., 2023: SmoothQuant, ICML).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn


class Smoothed(nn.Module):
    """A linear layer whose input channels are divided by `factors` and whose weights make up for it."""

    inverse: Tensor

    def __init__(self, linear: nn.Linear, factors: Tensor) -> None:
        super().__init__()
        self.linear = linear
        self.register_buffer("inverse", 1 / factors)
        with torch.no_grad():
            linear.weight.mul_(factors)

    def forward(self, inputs: Tensor) -> Tensor:
        """The layer's output, the same as before."""
        output: Tensor = self.linear(inputs * self.inverse)
        return output


def smooth(model: nn.Module, run: Callable[[], object], alpha: float = 0.85) -> int:
    """Replaces the model's wide linear layers in place, with factors from the activations that `run` causes."""
    layers = [
        (parent, name, child)
        for parent in model.modules()
        for name, child in parent.named_children()
        if isinstance(child, nn.Linear) and child.out_features > 1
    ]
    largest: dict[nn.Module, Tensor] = {}

    def watch(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        seen = inputs[0].detach().abs().flatten(0, -2).amax(dim=0)
        largest[layer] = torch.maximum(seen, largest[layer]) if layer in largest else seen

    hooks = [child.register_forward_pre_hook(watch) for _, _, child in layers]
    with torch.inference_mode():
        run()
    for hook in hooks:
        hook.remove()
    for parent, name, child in layers:
        weights = child.weight.detach().abs().amax(dim=0).clamp(min=1e-5)
        factors = largest[child].clone().clamp(min=1e-5) ** alpha / weights ** (1 - alpha)
        setattr(parent, name, Smoothed(child, factors.clamp(0.05, 20.0)))
    return len(layers)
