"""A convolutional network in PyTorch's words: change `denpa` to `torch` and `denpa.vision` to
`torchvision`, and it is PyTorch's.

With `--mnist FOLDER` it trains on MNIST from that folder; without, on the digits in the package.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import denpa as torch
import denpa.nn.functional as F
from denpa import nn, optim
from denpa.data import digits
from denpa.optim.lr_scheduler import StepLR
from denpa.utils.data import DataLoader, TensorDataset, random_split
from denpa.vision import datasets, transforms

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--mnist", metavar="FOLDER")
parser.add_argument("--epochs", type=int, default=12)
options = parser.parse_args()
torch.manual_seed(0)
if torch.accelerator.is_available():
    device = torch.accelerator.current_accelerator()
else:
    device = torch.device("cpu")

if options.mnist:
    change = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    train = datasets.MNIST(options.mnist, train=True, transform=change)
    test = datasets.MNIST(options.mnist, train=False, transform=change)
else:
    source = digits()
    everything = TensorDataset(torch.from_numpy(source.x), torch.from_numpy(source.y))
    train, test = random_split(everything, [0.8, 0.2])
side = train[0][0].shape[-1]


class Net(nn.Module):
    """Two convolutions, a pool, two layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3)
        self.conv2 = nn.Conv2d(16, 32, 3)
        self.dropout = nn.Dropout(0.25)
        self.fc1 = nn.Linear(32 * ((side - 4) // 2) ** 2, 64)
        self.fc2 = nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The logarithms of the probabilities, (N, 10)."""
        x = F.relu(self.conv1(x))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = self.dropout(x.view(x.size(0), -1))
        return F.log_softmax(self.fc2(F.relu(self.fc1(x))), dim=1)


net = Net().to(device)
optimizer = optim.Adadelta(net.parameters(), lr=1.0)
scheduler = StepLR(optimizer, step_size=1, gamma=0.8)
for epoch in range(options.epochs):
    net.train()
    for data, target in DataLoader(train, batch_size=32, shuffle=True):
        data, target = data.to(device), target.to(device)
        optimizer.zero_grad()
        loss = F.nll_loss(net(data), target)
        loss.backward()
        optimizer.step()
    scheduler.step()
    print(f"epoch {epoch + 1}: loss {loss.item():.4f}")

net.eval()
right = 0
with torch.no_grad():
    for data, target in DataLoader(test, batch_size=256):
        found = net(data.to(device)).argmax(dim=1, keepdim=True)
        right += found.eq(target.view_as(found)).sum().item()
accuracy = right / len(test)
print(f"test accuracy {accuracy:.3f}")
path = Path(tempfile.mkdtemp()) / "net.safetensors"
torch.save(net.state_dict(), path)
net.load_state_dict(torch.load(path, map_location=device))
assert accuracy > 0.95
