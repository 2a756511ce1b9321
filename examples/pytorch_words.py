"""A training script in PyTorch's words: change the import and it is one."""

from __future__ import annotations

import denpa as torch
from denpa import nn
from denpa.data import digits
from denpa.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
source = digits()
everything = TensorDataset(torch.from_numpy(source.x).flatten(1), torch.from_numpy(source.y))
train, test = random_split(everything, [0.8, 0.2])

net = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10))
net = net.to(device)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=15)

for _ in range(15):
    net.train()
    for x, y in DataLoader(train, batch_size=64, shuffle=True):
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss = criterion(net(x), y)
        loss.backward()
        optimizer.step()
    scheduler.step()

net.eval()
with torch.no_grad():
    right = sum((net(x).argmax(1) == y).sum().item() for x, y in DataLoader(test, batch_size=256))
accuracy = right / len(test)
print(f"test accuracy {accuracy:.3f}")
assert accuracy > 0.95
