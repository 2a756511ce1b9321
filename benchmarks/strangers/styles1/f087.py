import numpy as np


def triplet_loss(anchor, positive, negative, alpha=0.2):
    """
    Triplet loss of FaceNet (squared distances).

    anchor, positive, negative : (batch, 128)
    returns loss (a number), (d_anchor, d_positive, d_negative)
    """
    pos_dist = np.sum(np.square(anchor - positive), axis=-1)
    neg_dist = np.sum(np.square(anchor - negative), axis=-1)
    basic_loss = pos_dist - neg_dist + alpha
    loss = np.sum(np.maximum(basic_loss, 0.0))

    active = (basic_loss > 0).astype(anchor.dtype)[:, None]
    # 2(a-p) - 2(a-n) = 2(n-p)
    d_anchor = active * 2 * (negative - positive)
    d_positive = active * -2 * (anchor - positive)
    d_negative = active * 2 * (anchor - negative)
    return loss, (d_anchor, d_positive, d_negative)


if __name__ == "__main__":
    np.random.seed(1)
    a, p, n = [np.random.randn(3, 128) for _ in range(3)]
    print("loss = " + str(triplet_loss(a, p, n)[0]))
