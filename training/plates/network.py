"""The two networks. Small on purpose: together at most 60 ms for a 1080p frame on one core."""

from typing import Any

import torch
from torch import Tensor, nn

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def halved() -> torch.autocast:
    """While a network learns: 16 bits where the processor has them; elsewhere they are far slower than 32."""
    able = torch.backends.cpu.get_cpu_capability() not in ("DEFAULT", "AVX2")
    return torch.autocast("cpu", torch.bfloat16, enabled=able)


def conv(a: int, b: int, size: int | tuple[int, int] = 3, stride: Any = 1, groups: int = 1) -> nn.Sequential:
    pad = size // 2 if isinstance(size, int) else (size[0] // 2, size[1] // 2)
    return nn.Sequential(
        nn.Conv2d(a, b, size, stride, pad, groups=groups, bias=False),
        nn.BatchNorm2d(b),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = conv(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.second(self.first(x)))


class Row(nn.Module):
    """What stands in one row: the whole height seen, then along it; 40 steps of 37 (nothing, 0–9, A–Z)."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.down = nn.Sequential(
            nn.Conv2d(width, inner, (8, 3), 1, (0, 1), bias=False), nn.BatchNorm2d(inner), nn.ReLU()
        )
        self.along = nn.ModuleList(
            [
                nn.Sequential(
                    nn.Conv1d(inner, inner, 7, padding=3 * d, dilation=d, bias=False),
                    nn.BatchNorm1d(inner),
                    nn.ReLU(),
                )
                for d in (1, 2)
            ]
        )
        self.out = nn.Conv1d(inner, len(SIGNS) + 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.down(x).squeeze(2)
        for layer in self.along:
            x = x + layer(x)
        return self.out(x).transpose(1, 2)  # type: ignore[no-any-return]


class Recogniser(nn.Module):
    """(n, 1, 64, 160) straightened, mean 0 and spread 1 → (n, 2, 40, 37): the first row and the second."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            conv(1, 24, 5, 2),
            conv(24, 48, 3, 2),
            Residual(48),
            conv(48, 88, 3, (2, 1)),
            Residual(88),
            nn.Dropout2d(0.05),
        )
        self.rows = nn.ModuleList([Row(88, 80), Row(88, 80)])

    def forward(self, x: Tensor) -> Tensor:
        seen = self.body(x)
        return torch.stack([row(seen) for row in self.rows], 1)


class Straightener(nn.Module):
    """(n, 1, 64, 128) by rough corners with a wide margin, normalised as the recogniser's → (n, 8): the four
    corners in parts of the crop."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            conv(1, 16, 5, 2),
            conv(16, 32, 3, 2),
            conv(32, 48),
            conv(48, 64, 3, 2),
            conv(64, 64),
            conv(64, 32, 1),
        )
        self.out = nn.Sequential(nn.Flatten(), nn.Linear(32 * 8 * 16, 96), nn.ReLU(), nn.Linear(96, 8))
        nn.init.zeros_(self.out[3].weight)  # type: ignore[arg-type]
        with torch.no_grad():
            at = torch.tensor([0.22, 0.22, 0.78, 0.22, 0.78, 0.78, 0.22, 0.78])
            self.out[3].bias.copy_(at)  # type: ignore[operator]

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.body(x))  # type: ignore[no-any-return]


class Apart(nn.Module):
    """Depthwise 5 × 5, then across channels; a residual."""

    def __init__(self, width: int, dilation: int = 1) -> None:
        super().__init__()
        self.deep = nn.Sequential(
            nn.Conv2d(width, width, 5, 1, 2 * dilation, dilation=dilation, groups=width, bias=False),
            nn.BatchNorm2d(width),
        )
        self.across = nn.Sequential(
            conv(width, width * 2, 1), nn.Conv2d(width * 2, width, 1, bias=False), nn.BatchNorm2d(width)
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.across(self.deep(x)))


class Detector(nn.Module):
    """(n, 3, h, w) BGR 0…1, h and w of 32 → (n, 9, h/8, w/8): how sure that a plate's middle is in the cell,
    and its four corners from the cell's middle, in units of 32 pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(conv(3, 16, 3, 2), conv(16, 32, 3, 2), conv(32, 56, 3, 2))
        self.fine = nn.Sequential(Apart(56), Apart(56))
        self.coarse = nn.Sequential(
            conv(56, 96, 3, 2), Apart(96), Apart(96, 2), Apart(96, 3), conv(96, 56, 1)
        )
        self.joined = nn.Sequential(Apart(56), conv(56, 64, 3))
        self.out = nn.Conv2d(64, 9, 1)
        nn.init.constant_(self.out.bias[:1], -4.0)  # type: ignore[index]

    def forward(self, x: Tensor) -> Tensor:
        fine = self.fine(self.stem(x))
        wide = nn.functional.interpolate(self.coarse(fine), scale_factor=2.0, mode="nearest")
        return self.out(self.joined(fine + wide))  # type: ignore[no-any-return]
