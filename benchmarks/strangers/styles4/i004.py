import numpy as np


def dice_loss(logits, mask, smooth=1.0):
    """의료영상 분할용 soft Dice + BCE

    logits, mask: (N, H, W)
    반환값: (loss, dlogits)
    """
    n = logits.shape[0]
    prob = 1.0 / (1.0 + np.exp(-logits))

    inter = np.sum(prob * mask, axis=(1, 2))
    total = np.sum(prob, axis=(1, 2)) + np.sum(mask, axis=(1, 2))
    dice = (2 * inter + smooth) / (total + smooth)
    bce = np.maximum(logits, 0) - logits * mask + np.log1p(np.exp(-np.abs(logits)))
    loss = np.mean(1 - dice) + bce.mean()

    # d dice / d prob
    den = (total + smooth)[:, None, None]
    num = (2 * inter + smooth)[:, None, None]
    ddice = 2 * mask / den - num / den ** 2
    dlogits = -ddice / n * prob * (1 - prob)
    dlogits += (prob - mask) / logits.size
    return loss, dlogits


if __name__ == '__main__':
    rng = np.random.RandomState(0)
    gt = np.zeros((2, 8, 8))
    gt[:, 2:6, 3:7] = 1
    out = rng.randn(2, 8, 8)
    for i in range(200):
        l, g = dice_loss(out, gt)
        out -= 20 * g
    print('loss', l)
