def mse(pred, target):
    d = pred - target
    return (d ** 2).mean(), 2 * d / d.size
