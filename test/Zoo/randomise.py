"""Weights and statistics that a trained net might have, from a seed alone.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import torch
from torch import nn

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
LAYERS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose2d, nn.Linear)


def images(*shape):
    """Noise of every scale from a pixel to the whole picture. White noise would
    leave deep layers with one mean and little else, which BN then blows up."""
    picture = torch.zeros(shape)
    blocks = (1, 4, 16, 64, 256)
    for block in blocks:
        noise = torch.randn(*shape[:2], *(-(-size // block) for size in shape[2:]))
        for axis, size in enumerate(shape[2:], 2):
            noise = noise.repeat_interleave(block, axis).narrow(axis, 0, size)
        picture += noise
    return picture / len(blocks) ** 0.5


def scale(count):
    """Away from 0 and from 1, one in eight negative."""
    signs = torch.where(torch.rand(count) < 0.125, -1.0, 1.0)
    return signs * (0.5 + torch.rand(count))


def draw(net):
    """Parameters that the framework's initialisation leaves at 0 or 1."""
    for module in net.modules():
        if isinstance(module, (*NORMS, nn.LayerNorm)):
            module.weight.copy_(scale(module.weight.shape))
            module.bias.normal_(0, 0.2)
        elif isinstance(module, nn.PReLU):
            module.weight.copy_(0.05 + 0.4 * torch.rand(module.weight.shape))
        elif isinstance(module, LAYERS) and module.bias is not None:
            module.bias.normal_(0, 0.1)
        if hasattr(module, "layer_scale"):  # ConvNeXt's: 1e-6 hides its blocks
            module.layer_scale.copy_(0.3 * scale(module.layer_scale.shape))


def to_unit_variance(module, _, output):
    """Scales a layer so that its output has variance 1."""
    deviation = float(output.std()) if output.numel() > 1 else 1.0
    if module.scaled or not deviation > 1e-6:
        return output
    module.scaled = True
    module.weight.div_(deviation)
    if module.bias is not None:
        module.bias.div_(deviation)
    return output / deviation


def perturb(norm):
    """Statistics near the data's, not equal to them: else BN whitens exactly.
    Variances err upwards, and small ones are raised: a hundred layers that each
    blow up what they are given make a net in which no two runtimes agree."""
    count = norm.num_features
    norm.running_var.clamp_(min=0.1)
    norm.running_mean.add_(0.2 * norm.running_var.sqrt() * torch.randn(count))
    norm.running_var.mul_(1 + 0.5 * torch.rand(count))


@torch.no_grad()
def randomise(net, shape):
    """`net` in eval mode, with statistics of `images` of that shape, and
    activations of magnitude about 1 throughout. The seed is torch's own."""
    net.eval()
    draw(net)
    layers = [m for m in net.modules() if isinstance(m, LAYERS)]
    norms = [m for m in net.modules() if isinstance(m, NORMS)]
    hooks = []
    for layer in layers:
        layer.scaled = False
        hooks.append(layer.register_forward_hook(to_unit_variance))
    for norm in norms:
        norm.train()
        norm.momentum = 1.0
    net(images(*shape))
    for hook in hooks:
        hook.remove()
    for norm in norms:
        norm.eval()
        perturb(norm)
    return net
