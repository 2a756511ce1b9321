# 从零实现 LSTM —— 一个样本, 列向量形式
# z = [h; x],  权重 W* 的形状是 (H, H + D)
import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


class LSTM:
    def __init__(self, input_size=3, hidden_size=4):
        self.D = input_size
        self.H = hidden_size
        Z = input_size + hidden_size
        self.w = {}
        for name in 'fico':
            self.w['W' + name] = np.random.randn(hidden_size, Z) / np.sqrt(Z)
            self.w['b' + name] = np.zeros((hidden_size, 1))

    def forward(self, inputs):
        """inputs: (T, D)   返回所有时刻的隐藏状态 (T, H)"""
        w = self.w
        h = np.zeros((self.H, 1))
        c = np.zeros((self.H, 1))
        self.tape = []
        outputs = []
        for x in inputs:
            z = np.vstack([h, x.reshape(-1, 1)])
            f = sigmoid(w['Wf'] @ z + w['bf'])
            i = sigmoid(w['Wi'] @ z + w['bi'])
            g = np.tanh(w['Wc'] @ z + w['bc'])
            o = sigmoid(w['Wo'] @ z + w['bo'])
            c_old = c
            c = f * c_old + i * g
            tc = np.tanh(c)
            h = o * tc
            self.tape.append((z, f, i, g, o, c_old, c, tc))
            outputs.append(h.ravel())
        return np.array(outputs)

    def backward(self, d_outputs):
        """d_outputs: (T, H)，返回输入的梯度；参数梯度放在 self.dw"""
        w = self.w
        self.dw = {k: np.zeros_like(v) for k, v in w.items()}
        dx = np.zeros((len(self.tape), self.D))
        dh_next = np.zeros((self.H, 1))
        dc_next = np.zeros((self.H, 1))
        for t in range(len(self.tape) - 1, -1, -1):
            z, f, i, g, o, c_old, c, tc = self.tape[t]
            dh = d_outputs[t].reshape(-1, 1) + dh_next
            dc = dc_next + dh * o * (1 - tc ** 2)
            d = {
                'o': dh * tc * o * (1 - o),
                'f': dc * c * f * (1 - f),
                'i': dc * g * i * (1 - i),
                'c': dc * i * (1 - g ** 2),
            }
            dz = np.zeros_like(z)
            for k, v in d.items():
                self.dw['W' + k] += v @ z.T
                self.dw['b' + k] += v
                dz += w['W' + k].T @ v
            dh_next = dz[:self.H]
            dc_next = dc * f
            dx[t] = dz[self.H:].ravel()
        return dx


if __name__ == '__main__':
    np.random.seed(0)
    net = LSTM(3, 4)
    out = net.forward(np.random.randn(6, 3))
    net.backward(out)
    print({k: np.abs(v).mean() for k, v in net.dw.items()})
