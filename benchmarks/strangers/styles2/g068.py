import numpy as np

# 1D valid cross-correlation, like in deep learning (kernel NOT flipped)

def conv1d(x, k):
    n = len(x) - len(k) + 1
    return np.array([np.dot(x[i:i + len(k)], k) for i in range(n)])

def conv1d_back(dy, x, k):
    """dy -> (dx, dk)"""
    dk = conv1d(x, dy)
    dx = np.convolve(dy, k[::-1], mode='full')
    return dx, dk

if __name__ == '__main__':
    a = np.arange(6.0)
    print(conv1d(a, np.array([1.0, 0.0, -1.0])))
