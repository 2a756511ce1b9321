# ArcFace / CosFace 人脸识别损失 —— 这里实现 CosFace (加性余弦间隔)
import numpy as np


def l2norm(a, axis):
    n = np.linalg.norm(a, axis=axis, keepdims=True)
    return a / n, n


class CosFaceHead:
    def __init__(self, feat_dim=6, num_class=4, s=8.0, m=0.2):
        self.weight = np.random.randn(feat_dim, num_class)
        self.s = s
        self.m = m

    def forward(self, feat, label):
        self.f, self.fn = l2norm(feat, 1)
        self.w, self.wn = l2norm(self.weight, 0)
        cos = self.f @ self.w
        self.onehot = np.eye(self.weight.shape[1])[label]
        z = self.s * (cos - self.m * self.onehot)
        z = z - z.max(1, keepdims=True)
        e = np.exp(z)
        self.prob = e / e.sum(1, keepdims=True)
        return -np.mean(np.log(np.sum(self.prob * self.onehot, axis=1)))

    def backward(self):
        B = self.prob.shape[0]
        dcos = self.s * (self.prob - self.onehot) / B
        df = dcos @ self.w.T
        dw = self.f.T @ dcos
        # 归一化的反向: 减去径向分量再除以模长
        d_feat = (df - self.f * np.sum(df * self.f, axis=1, keepdims=True)) / self.fn
        self.d_weight = (dw - self.w * np.sum(dw * self.w, axis=0, keepdims=True)) / self.wn
        return d_feat


if __name__ == '__main__':
    np.random.seed(0)
    head = CosFaceHead()
    x = np.random.randn(10, 6)
    y = np.random.randint(0, 4, 10)
    for i in range(100):
        loss = head.forward(x, y)
        x -= 0.5 * head.backward()
        head.weight -= 0.5 * head.d_weight
    print(loss)
