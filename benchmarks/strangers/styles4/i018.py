# numpyを使わずにエルマンネットを書いてみた（勉強用）
# 時系列の次の値を予測する。入力も出力もスカラー
import math
import random


class Elman:
    def __init__(self, n_hidden=3, seed=0):
        rnd = random.Random(seed)
        self.n = n_hidden
        self.u = [rnd.uniform(-1, 1) for _ in range(n_hidden)]            # 入力→中間
        self.w = [[rnd.uniform(-1, 1) for _ in range(n_hidden)] for _ in range(n_hidden)]
        self.b = [0.0] * n_hidden
        self.v = [rnd.uniform(-1, 1) for _ in range(n_hidden)]            # 中間→出力

    def forward(self, xs):
        self.xs = xs
        self.hs = [[0.0] * self.n]
        ys = []
        for x in xs:
            h_old = self.hs[-1]
            h = []
            for i in range(self.n):
                a = self.u[i] * x + self.b[i]
                for j in range(self.n):
                    a += self.w[i][j] * h_old[j]
                h.append(math.tanh(a))
            self.hs.append(h)
            ys.append(sum(self.v[i] * h[i] for i in range(self.n)))
        self.ys = ys
        return ys

    def loss(self, xs, ts):
        return 0.5 * sum((y - t) ** 2 for y, t in zip(self.forward(xs), ts))

    def backward(self, ts):
        """forwardの後に呼ぶ。(du, dw, db, dv) を返す"""
        n = self.n
        du, db, dv = [0.0] * n, [0.0] * n, [0.0] * n
        dw = [[0.0] * n for _ in range(n)]
        dh_next = [0.0] * n
        for t in range(len(ts) - 1, -1, -1):
            e = self.ys[t] - ts[t]
            h, h_old = self.hs[t + 1], self.hs[t]
            da = []
            for i in range(n):
                dv[i] += e * h[i]
                da.append((e * self.v[i] + dh_next[i]) * (1 - h[i] ** 2))
            for i in range(n):
                du[i] += da[i] * self.xs[t]
                db[i] += da[i]
                for j in range(n):
                    dw[i][j] += da[i] * h_old[j]
            dh_next = [sum(self.w[i][j] * da[i] for i in range(n)) for j in range(n)]
        return du, dw, db, dv


if __name__ == '__main__':
    net = Elman(4)
    seq = [math.sin(0.4 * k) for k in range(30)]
    for ep in range(300):
        net.forward(seq[:-1])
        du, dw, db, dv = net.backward(seq[1:])
        for i in range(net.n):
            net.u[i] -= 0.01 * du[i]
            net.b[i] -= 0.01 * db[i]
            net.v[i] -= 0.01 * dv[i]
            for j in range(net.n):
                net.w[i][j] -= 0.01 * dw[i][j]
    print(net.loss(seq[:-1], seq[1:]))
